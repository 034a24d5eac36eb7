// APIs with several backends: who gets a request, and who gets it when one fails.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const std::string kEndpoints =
    endpoint("get", "GET", "/.*") + "," + endpoint("post", "POST", "/.*");

Backend::Answer saying(std::string name) {
  return [name = std::move(name)](const BackendRequest&) { return answer_bytes(200, name); };
}

const std::string kSlow = "GET /slow HTTP/1.1\r\nhost: h\r\n\r\n";

/// Answers `/slow` when it is told to, all else at once.
Backend::Answer holding_back(std::latch& release) {
  return [&release](const BackendRequest& request) {
    if (request.target == "/slow") release.wait();
    return answer_bytes(200, "ok");
  };
}

/// Takes a request and closes the connection.
std::string nothing(const BackendRequest&) { return {}; }

/// Where nobody listens.
std::uint16_t free_port() {
  const Listener gone;
  return gone.port();
}

std::string target_name(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

Environment balanced(const std::vector<std::uint16_t>& ports, const std::string& more = "") {
  return proxying(api_of("a", targets_on(ports) + more, kEndpoints));
}

double outcomes(const Gateway& gateway, std::uint16_t port, const std::string& outcome) {
  return gateway.metric("rig_proxy_target_requests_total",
                        {{"api", "a"}, {"target", target_name(port)}, {"outcome", outcome}});
}

TEST(ProxyTargets, RequestsOfAConnectionTakeTurns) {
  const Backend a(saying("a"));
  const Backend b(saying("b"));
  const Gateway gateway(balanced({a.port(), b.port()}));
  HttpClient client(gateway.inbound());
  std::vector<std::string> answers;
  for (int i = 0; i < 4; ++i) answers.push_back(client.request({.target = "/x"}).body);
  EXPECT_THAT(answers, ElementsAre("a", "b", "a", "b"));
  EXPECT_EQ(a.last().header("host"), "127.0.0.1:" + std::to_string(a.port()));
  EXPECT_EQ(b.last().header("host"), "127.0.0.1:" + std::to_string(b.port()));
  EXPECT_EQ(outcomes(gateway, a.port(), "ok"), 2);
  EXPECT_EQ(outcomes(gateway, b.port(), "ok"), 2);
}

TEST(ProxyTargets, WeightsAreShares) {
  const Backend a(saying("a"));
  const Backend b(saying("b"));
  const auto target = [](const Backend& backend, int weight) {
    return R"({"target_url":"127.0.0.1","port":)" + std::to_string(backend.port()) +
           R"(,"weight":)" + std::to_string(weight) + "}";
  };
  const Gateway gateway(proxying(
      api_of("a", R"("targets":[)" + target(a, 3) + "," + target(b, 1) + "]", kEndpoints)));
  HttpClient client(gateway.inbound());
  for (int i = 0; i < 40; ++i) EXPECT_EQ(client.request({.target = "/x"}).status, 200);
  EXPECT_THAT(a.requests(), SizeIs(30));
  EXPECT_THAT(b.requests(), SizeIs(10));
}

// On whichever core a client's connection is.
/// Asks with one value after another until both targets have had one, with each several times.
/// Which values go where depends on the ports, so a few may all go to one.
void expect_same_target_for_same(const Gateway& gateway,
                                 const std::function<HttpRequest(int value, int turn)>& request) {
  std::set<std::string> seen;
  for (int value = 0; value < 64 && seen.size() < 2; ++value) {
    const auto first = fetch(gateway.inbound(), request(value, 0)).body;
    seen.insert(first);
    for (int turn = 1; turn < 5; ++turn) {
      EXPECT_EQ(fetch(gateway.inbound(), request(value, turn)).body, first) << value;
    }
  }
  EXPECT_THAT(seen, UnorderedElementsAre("a", "b"));
}

TEST(ProxyTargets, SameValueOfAHeaderGoesToTheSameTarget) {
  const Backend a(saying("a"));
  const Backend b(saying("b"));
  const Gateway gateway(balanced({a.port(), b.port()}, R"(,"balance":"hash:header:x-user")"));
  expect_same_target_for_same(gateway, [](int value, int turn) {
    return HttpRequest{.target = "/" + std::to_string(turn),
                       .headers = {{"X-User", "user-" + std::to_string(value)}}};
  });
}

TEST(ProxyTargets, SamePathGoesToTheSameTarget) {
  const Backend a(saying("a"));
  const Backend b(saying("b"));
  const Gateway gateway(balanced({a.port(), b.port()}, R"(,"balance":"hash:path")"));
  expect_same_target_for_same(gateway, [](int value, int turn) {
    return HttpRequest{.target = "/" + std::to_string(value) + "?q=" + std::to_string(turn)};
  });
}

TEST(ProxyTargets, TargetThatIsBusyGetsFewer) {
  std::latch release(1);
  const Backend slow(holding_back(release));
  const Backend quick(saying("quick"));
  auto settings = balanced({slow.port(), quick.port()}, R"(,"balance":"least_requests")");
  settings["RIG_SHARDS"] = "1";  // each core counts for itself
  const Gateway gateway(settings);
  RawSocket waiting(gateway.inbound());
  waiting.send(kSlow);
  EXPECT_TRUE(eventually([&] { return slow.requests().size() == 1; }));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(fetch(gateway.inbound(), {.target = "/x"}).body, "quick");
  release.count_down();
  EXPECT_EQ(read_reply(waiting).body, "ok");
}

// A backend that goes down loses no request that may be repeated.
TEST(ProxyTargets, OneOfTwoDiesUnderLoadAndNoIdempotentRequestFails) {
  const Backend stays(saying("stays"));
  auto dies = std::make_unique<Backend>(saying("dies"));
  const Gateway gateway(balanced({stays.port(), dies->port()}));
  std::atomic<bool> is_over = false;
  std::atomic<int> good = 0;
  std::atomic<int> bad = 0;
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i)
      clients.emplace_back([&] {
        HttpClient client(gateway.inbound());
        while (!is_over) ++(client.request({.target = "/x"}).status == 200 ? good : bad);
      });
    EXPECT_TRUE(eventually([&] { return dies->requests().size() > 100; }));
    dies.reset();
    EXPECT_TRUE(eventually([&, before = good.load()] { return good > before + 400; }));
    is_over = true;
  }
  EXPECT_EQ(bad, 0);
  EXPECT_GT(gateway.metric("rig_proxy_retries_total", {{"api", "a"}}), 0);
}

TEST(ProxyTargets, PostThatHasLeftIsNotSentToAnother) {
  const Backend closing(nothing);
  const Backend other(saying("other"));
  const Gateway gateway(
      balanced({closing.port(), other.port()}, R"(,"circuit_breaker":{"failures":0})"));
  HttpClient client(gateway.inbound());
  EXPECT_EQ(client.request({.method = "POST", .target = "/x", .body = "b"}).status, 502);
  EXPECT_THAT(other.requests(), SizeIs(0));
  EXPECT_THAT(closing.requests(), SizeIs(1));
  EXPECT_EQ(client.request({.method = "POST", .target = "/x", .body = "b"}).body, "other");
  EXPECT_EQ(client.request({.target = "/x"}).body, "other");  // closing, then other
  EXPECT_EQ(outcomes(gateway, closing.port(), "unreachable"), 2);
  EXPECT_EQ(gateway.metric("rig_proxy_retries_total"), 1);
}

TEST(ProxyTargets, PostForATargetThatIsDownGoesToAnotherWithItsBody) {
  const Backend other(saying("other"));
  const auto down = free_port();
  const Gateway gateway(balanced({down, other.port()}));
  HttpClient client(gateway.inbound());
  EXPECT_EQ(client.request({.method = "POST", .target = "/x", .body = "all of it"}).body, "other");
  EXPECT_EQ(other.last().body, "all of it");
  EXPECT_EQ(outcomes(gateway, down, "unreachable"), 1);
}

TEST(ProxyTargets, RetriesHaveALimit) {
  const Backend a(nothing);
  const Backend b(nothing);
  const Backend c(saying("c"));
  const std::string always = R"(,"circuit_breaker":{"failures":0},"retries":)";
  for (const int retries : {0, 1, 2}) {
    const Gateway gateway(
        balanced({a.port(), b.port(), c.port()}, always + std::to_string(retries)));
    EXPECT_EQ(fetch(gateway.inbound(), {.target = "/x"}).status, retries == 2 ? 200 : 502);
    EXPECT_EQ(gateway.metric("rig_proxy_retries_total"), retries);
  }
}

TEST(ProxyTargets, RequestsBeyondTheLimitOfAnApiGet503) {
  std::latch release(1);
  const Backend backend(holding_back(release));
  const Gateway gateway(balanced({backend.port()}, R"(,"max_requests":2)"));
  std::vector<RawSocket> running;
  for (int i = 0; i < 2; ++i) running.emplace_back(gateway.inbound()).send(kSlow);
  EXPECT_TRUE(eventually([&] { return backend.requests().size() == 2; }));
  // Whichever core the clients are on.
  for (int i = 0; i < 4; ++i) {
    const auto refused = fetch(gateway.inbound(), {.target = "/x"});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("retry-after"), "1");
    EXPECT_EQ(refused.body, R"({"message":"Too many requests are under way."})");
  }
  EXPECT_EQ(gateway.metric("rig_proxy_refused_total", {{"api", "a"}, {"reason", "max_requests"}}),
            4);
  release.count_down();
  for (auto& client : running) EXPECT_EQ(read_reply(client).body, "ok");
  EXPECT_TRUE(eventually([&] { return fetch(gateway.inbound(), {.target = "/x"}).status == 200; }));
}

}  // namespace
}  // namespace testkit

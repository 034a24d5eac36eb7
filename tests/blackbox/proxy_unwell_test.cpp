// Backends that are left alone because they fail: by what becomes of requests (circuit breaker), or
// by checks of their own (health checks).
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

namespace testkit {
namespace {

using ::testing::SizeIs;

const std::string kEndpoints = endpoint("get", "GET", "/.*");

/// A backend that is well or not, as the test says: then it closes connections, or answers 500.
class MoodyBackend {
 public:
  explicit MoodyBackend(std::string name)
      : name_(std::move(name)), backend_([this](const BackendRequest& request) {
          if (request.target == "/health") {
            ++checks_;
            return answer_bytes(is_well ? 204 : 500, "");
          }
          ++requests_;
          if (is_well) return answer_bytes(200, name_);
          return answers_500 ? answer_bytes(500, "oh") : std::string();
        }) {}

  [[nodiscard]] std::uint16_t port() const { return backend_.port(); }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] int checks() const { return checks_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

  std::atomic<bool> is_well = true;
  std::atomic<bool> answers_500 = false;

 private:
  std::string name_;
  std::atomic<int> requests_ = 0;
  std::atomic<int> checks_ = 0;
  Backend backend_;
};

/// One core, so that the breaker that a test opens is the one that the next client meets.
Environment on_one_core(const std::string& definition) {
  return proxying(definition, {{"RIG_SHARDS", "1"}});
}

HttpReply get(const Gateway& gateway) { return fetch(gateway.inbound(), {.target = "/x"}); }

double open_breakers(const Gateway& gateway) {
  return gateway.metric("rig_proxy_target_breakers_open");
}

TEST(ProxyBreaker, TargetThatFailsIsLeftAloneThenTriedAndComesBack) {
  MoodyBackend backend("well");
  Gateway gateway(on_one_core(api_of(
      "a",
      targets_on({backend.port()}) + R"(,"circuit_breaker":{"failures":2,"open_for":"1500ms"})",
      kEndpoints)));
  backend.is_well = false;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(get(gateway).status, 502);
  EXPECT_EQ(open_breakers(gateway), 1);
  const auto asked = backend.requests();
  const auto refused = get(gateway);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, R"({"message":"No backend is available."})");
  const auto wait = std::stoi(refused.header("retry-after").value_or("0"));
  EXPECT_TRUE(wait == 1 || wait == 2) << wait;
  EXPECT_EQ(backend.requests(), asked);
  // The one that is let through fails: it goes on. No other one was sent.
  EXPECT_TRUE(eventually([&] { return get(gateway).status == 502; }));
  EXPECT_EQ(get(gateway).status, 503);
  EXPECT_EQ(backend.requests(), asked + 1);
  backend.is_well = true;
  EXPECT_TRUE(eventually([&] { return get(gateway).status == 200; }));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(gateway).body, "well");
  EXPECT_EQ(open_breakers(gateway), 0);
  EXPECT_GE(gateway.metric("rig_proxy_refused_total", {{"api", "a"}, {"reason", "no_target"}}), 2);
  gateway.stop();
  const auto log = gateway.process().standard_output();
  EXPECT_THAT(log_lines(log, "a backend is left alone: it has failed"), SizeIs(1));
  EXPECT_THAT(log_lines(log, "a backend answers again"), SizeIs(1));
}

TEST(ProxyBreaker, OthersTakeOverFromATargetThatIsLeftAlone) {
  MoodyBackend down("down");
  const MoodyBackend up("up");
  const Gateway gateway(on_one_core(api_of(
      "a",
      targets_on({down.port(), up.port()}) + R"(,"circuit_breaker":{"failures":3,"open_for":"1h"})",
      kEndpoints)));
  down.is_well = false;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get(gateway).body, "up");
  EXPECT_EQ(down.requests(), 3);
  EXPECT_EQ(gateway.metric("rig_proxy_retries_total"), 3);
  EXPECT_EQ(gateway.metric("rig_proxy_target_breakers_open", {{"target", down.url()}}), 1);
}

TEST(ProxyBreaker, StatusesMayBeFailures) {
  for (const bool count : {false, true}) {
    MoodyBackend backend("a");
    backend.answers_500 = true;
    backend.is_well = false;
    const std::string statuses = count ? R"(,"statuses":[500])" : "";
    const Gateway gateway(on_one_core(
        api_of("a",
               targets_on({backend.port()}) +
                   R"(,"circuit_breaker":{"failures":2,"open_for":"1h")" + statuses + "}",
               kEndpoints)));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(get(gateway).status, 500);
    EXPECT_EQ(get(gateway).status, count ? 503 : 500);
  }
}

TEST(ProxyBreaker, ChangesOfDefinitionsForgetNothingOfTargetsThatStay) {
  MoodyBackend backend("a");
  const MoodyBackend other("other");
  const std::string breaker = R"(,"circuit_breaker":{"failures":1,"open_for":"1h"})";
  const auto definition = api_of("a", targets_on({backend.port()}) + breaker, kEndpoints);
  const Gateway gateway(on_one_core(definition));
  backend.is_well = false;
  EXPECT_EQ(get(gateway).status, 502);
  EXPECT_EQ(get(gateway).status, 503);
  const auto manage = [&gateway](const std::string& method, const std::string& path,
                                 const std::string& body) {
    return fetch(gateway.api(), {.method = method,
                                 .target = "/v3/apis" + path,
                                 .headers = {{"content-type", "application/json"}},
                                 .body = body})
        .status;
  };
  EXPECT_EQ(manage("POST", "", api_of("b", targets_on({other.port()}), endpoint("b", "GET", "/b"))),
            201);
  EXPECT_EQ(get(gateway).status, 503);
  // The same target, beside another one.
  EXPECT_EQ(manage("PUT", "/a",
                   api_of("a", targets_on({backend.port(), other.port()}) + breaker, kEndpoints)),
            200);
  EXPECT_EQ(get(gateway).body, "other");
  EXPECT_EQ(open_breakers(gateway), 1);
  // Other rules: it counts anew.
  EXPECT_EQ(manage("PUT", "/a",
                   api_of("a", targets_on({backend.port()}) + R"(,"max_requests":9)", kEndpoints)),
            200);
  EXPECT_EQ(open_breakers(gateway), 0);
  EXPECT_EQ(get(gateway).status, 502);
}

class ProxyHealthTest : public ::testing::Test {
 protected:
  ProxyHealthTest() : gateway_(proxying(definition())) {}

  std::string definition() {
    return api_of("a",
                  targets_on({a_.port(), b_.port()}) +
                      R"(,"health_check":{"path":"/health","interval":"250ms","timeout":"10s",)"
                      R"("unhealthy_after":2,"healthy_after":2,"statuses":[204]})",
                  kEndpoints);
  }
  bool has_unhealthy(double count) {
    return eventually(
        [this, count] { return gateway_.metric("rig_proxy_target_unhealthy") == count; });
  }
  /// Each core has been told: of many clients, each on a core of its own, nobody sees another one.
  bool all_get(const std::string& body) {
    return eventually([&] {
      for (int i = 0; i < 8; ++i) {
        HttpClient client(gateway_.inbound());
        for (int j = 0; j < 2; ++j)
          if (client.request({.target = "/x"}).body != body) return false;
      }
      return true;
    });
  }

  MoodyBackend a_{"a"};
  MoodyBackend b_{"b"};
  Gateway gateway_;
};

TEST_F(ProxyHealthTest, TargetIsTakenOutAndBroughtBack) {
  a_.is_well = false;
  EXPECT_TRUE(has_unhealthy(1));
  EXPECT_EQ(gateway_.metric("rig_proxy_target_unhealthy", {{"target", a_.url()}}), 1);
  EXPECT_TRUE(all_get("b"));
  const auto asked = a_.requests();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get(gateway_).body, "b");
  EXPECT_EQ(a_.requests(), asked);
  a_.is_well = true;
  EXPECT_TRUE(has_unhealthy(0));
  EXPECT_TRUE(eventually([this] { return get(gateway_).body == "a"; }));
  EXPECT_GE(gateway_.metric("rig_proxy_health_checks_total", {{"result", "failed"}}), 2);
  EXPECT_GE(gateway_.metric("rig_proxy_health_checks_total", {{"result", "ok"}}), 2);
  gateway_.stop();
  const auto log = gateway_.process().standard_output();
  EXPECT_THAT(log_lines(log, "a backend is not healthy"), SizeIs(1));
  EXPECT_THAT(log_lines(log, "a backend is healthy again"), SizeIs(1));
}

// The checks may be what is wrong.
TEST_F(ProxyHealthTest, IfNoTargetIsHealthyTheChecksCountForNothing) {
  a_.is_well = b_.is_well = false;
  a_.answers_500 = b_.answers_500 = true;
  EXPECT_TRUE(has_unhealthy(2));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get(gateway_).body, "oh");
}

TEST_F(ProxyHealthTest, ChecksEndWithTheDefinition) {
  a_.is_well = false;
  EXPECT_TRUE(has_unhealthy(1));
  EXPECT_EQ(fetch(gateway_.api(), {.method = "DELETE", .target = "/v3/apis/a"}).status, 204);
  EXPECT_TRUE(has_unhealthy(0));
  EXPECT_EQ(get(gateway_).status, 404);
  // It comes back with its targets, of which nothing bad is known any more.
  a_.is_well = true;
  EXPECT_EQ(fetch(gateway_.api(), {.method = "POST",
                                   .target = "/v3/apis",
                                   .headers = {{"content-type", "application/json"}},
                                   .body = definition()})
                .status,
            201);
  EXPECT_TRUE(eventually([this] { return get(gateway_).body == "a"; }));
}

// A check that nobody answers holds up neither a change nor the end.
TEST(ProxyHealth, CheckUnderWayEndsWithTheGateway) {
  Listener silent;
  Gateway gateway(
      proxying(api_of("a",
                      targets_on({silent.port()}) +
                          R"(,"health_check":{"path":"/","interval":"1h","timeout":"1h"})",
                      kEndpoints)));
  auto check = silent.accept();
  const auto request = read_request(check);
  EXPECT_EQ(request.method + request.target, "GET/");
  EXPECT_EQ(request.header("host"), "127.0.0.1:" + std::to_string(silent.port()));
  gateway.stop();
}

}  // namespace
}  // namespace testkit

// Who is one too many: per minute, per node, per address, per request, and for want of descriptors.
// Whoever is told so can come back, and nobody else notices.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/temp_folder.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::system_clock;
using ::testing::HasSubstr;

constexpr std::string_view kTooMany = "Reached maximum number of connections";

double dropped(const Gateway& gateway, const char* reason) {
  return gateway.metric("rig_dropped_connections_total", {{"reason", reason}});
}

int retry_after(const HttpReply& reply) {
  return std::stoi(reply.header("retry-after").value_or("0"));
}

HttpRequest from(HttpRequest request, std::string_view client,
                 std::string header = "x-forwarded-for") {
  request.headers.emplace_back(std::move(header), client);
  return request;
}

/// Clients that hold their connection, and those that were refused.
class Crowd {
 public:
  explicit Crowd(const Gateway& gateway) : port_(gateway.inbound()) {}

  /// The answer's head: 200, 101, or the refusal, whose body is read too.
  HttpReply connect(const HttpRequest& request = sse_request({})) {
    RawSocket socket(port_);
    (void)socket.try_send(to_bytes(request));
    auto reply = read_reply_head(socket);
    if (reply.status == 200 || reply.status == 101) {
      sockets_.push_back(std::move(socket));
    } else {
      read_body(socket, reply);
    }
    return reply;
  }
  /// How many of these attempts succeed.
  int connect_times(int attempts, const HttpRequest& request = sse_request({})) {
    const auto before = sockets_.size();
    for (int i = 0; i < attempts; ++i) connect(request);
    return static_cast<int>(sockets_.size() - before);
  }
  void last_leaves() { sockets_.pop_back(); }
  void all_leave() { sockets_.clear(); }

 private:
  std::uint16_t port_;
  std::vector<RawSocket> sockets_;
};

/// Runs `steps` on gateways of their own until one run was within a single minute of the clock.
template <class Steps>
void within_one_minute(const Environment& settings, const Steps& steps) {
  const auto minute = [] { return floor<minutes>(system_clock::now()); };
  for (;;) {
    Gateway gateway(settings);
    const auto before = minute();
    const auto checks = steps(gateway);
    if (minute() != before) continue;
    checks();
    return;
  }
}

TEST(ConnectionsPerMinute, TheSixthOfFiveIsRefused) {
  within_one_minute({{"MAX_CONNECTIONS_PER_MINUTE", "5"}, {"RIG_SHARDS", "4"}}, [](auto& gateway) {
    Crowd crowd(gateway);
    const int streams = crowd.connect_times(3);
    const int sockets = crowd.connect_times(1, ws_request());
    LongPollClient polls(gateway.inbound());
    const int created = polls.create().status;
    (void)polls.poll();
    (void)polls.poll();
    const auto stream = crowd.connect();
    const auto socket = crowd.connect(ws_request());
    const auto session = fetch(gateway.inbound(), long_poll_request());
    const auto counted = dropped(gateway, "rate");
    const auto health = fetch(gateway.inbound(), {.target = "/_rig/health"}).status;
    return [=] {
      EXPECT_EQ(streams, 3);
      EXPECT_EQ(sockets, 1);
      EXPECT_EQ(created, 200);
      for (const auto& reply : {stream, socket, session}) {
        EXPECT_EQ(reply.status, 429);
        EXPECT_EQ(reply.body, kTooMany);
        EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
        EXPECT_GE(retry_after(reply), 1);
        EXPECT_LE(retry_after(reply), 60);
      }
      EXPECT_EQ(counted, 3);
      EXPECT_EQ(health, 200);
    };
  });
}

TEST(ConnectionsPerMinute, AttemptsThatFailOtherwiseAreNotCounted) {
  within_one_minute({{"MAX_CONNECTIONS_PER_MINUTE", "2"}}, [](auto& gateway) {
    Crowd crowd(gateway);
    const int bad = crowd.connect_times(5, sse_request("[{}]")) +
                    crowd.connect_times(5, ws_request("[{}]")) +
                    crowd.connect_times(5, {.target = std::string(kWsPath)});
    const int good = crowd.connect_times(5);
    return [=] {
      EXPECT_EQ(bad, 0);
      EXPECT_EQ(good, 2);
    };
  });
}

TEST(ConnectionsPerMinute, ZeroIsNoLimit) {
  Gateway gateway({{"MAX_CONNECTIONS_PER_MINUTE", "0"}});
  EXPECT_EQ(Crowd(gateway).connect_times(20), 20);
}

TEST(ConnectionsPerNode, HoldForStreamsToo) {
  Gateway gateway({{"RIG_SHARDS", "1"}, {"RIG_CONNECTIONS_MAX", "4"}});
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect_times(2), 2);
  EXPECT_EQ(crowd.connect_times(2, ws_request()), 2);
  EXPECT_EQ(crowd.connect().status, 503);
  EXPECT_EQ(crowd.connect(ws_request()).status, 503);
  crowd.last_leaves();
  EXPECT_TRUE(eventually([&] { return crowd.connect().status == 200; }));
  crowd.all_leave();
  EXPECT_TRUE(eventually([&] { return dropped(gateway, "connections_max") >= 2; }));
}

TEST(ConnectionsPerAddress, AreLimitedOverAllShards) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_CONNECTIONS_PER_ADDRESS_MAX", "10"}});
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect_times(5), 5);
  EXPECT_EQ(crowd.connect_times(30, ws_request()), 5);
  const auto refused = crowd.connect();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("access-control-allow-origin"), "*");
  EXPECT_EQ(dropped(gateway, "address"), 26);
  EXPECT_EQ(fetch(gateway.inbound(), {.target = "/_rig/health"}).status, 200)
      << "what does not stream is not meant";
  crowd.last_leaves();
  EXPECT_TRUE(eventually([&] { return crowd.connect().status == 200; }));
  EXPECT_EQ(crowd.connect().status, 429);
}

TEST(ConnectionsPerAddress, PollingSessionsCountUntilTheyEnd) {
  Gateway gateway({{"RIG_SHARDS", "4"},
                   {"RIG_CONNECTIONS_PER_ADDRESS_MAX", "2"},
                   {"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"},
                   {"RIG_LONGPOLLING_WAIT", "100ms"}});
  LongPollClient stays(gateway.inbound());
  stays.create({.target = std::string(kLongPollPath)});
  EXPECT_EQ(fetch(gateway.inbound(), {.target = std::string(kLongPollPath)}).status, 200);
  const auto refused = fetch(gateway.inbound(), {.target = std::string(kLongPollPath)});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, "Your address has all the connections it may have.");
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect().status, 429) << "streams and sessions count together";
  // What is there is not refused; and the place of the session that nobody polls comes back.
  EXPECT_TRUE(eventually([&] {
    stays.poll();
    return crowd.connect().status == 200;
  }));
}

TEST(ConnectionsPerAddress, ARefusedAttemptTakesNoPlace) {
  Gateway gateway({{"RIG_CONNECTIONS_PER_ADDRESS_MAX", "1"}});
  Crowd crowd(gateway);
  for (int i = 0; i < 5; ++i) {
    // The place of the attempt before may still be on its way back.
    EXPECT_TRUE(eventually([&] { return crowd.connect(sse_request("[{}]")).status == 400; }));
  }
  EXPECT_TRUE(eventually([&] { return crowd.connect().status == 200; }));
}

TEST(ConnectionsPerAddress, BehindATrustedProxyAreThoseOfTheClient) {
  Gateway gateway({{"RIG_CONNECTIONS_PER_ADDRESS_MAX", "2"},
                   {"RIG_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.0/8"}});
  Crowd crowd(gateway);
  const auto times = [&](const char* client) {
    return crowd.connect_times(3, from(sse_request({}), client));
  };
  EXPECT_EQ(times("203.0.113.1"), 2);
  EXPECT_EQ(times("203.0.113.2, 10.1.1.1"), 2);
  EXPECT_EQ(times("1.1.1.1, 203.0.113.2"), 0) << "what the client made up was believed";
  EXPECT_EQ(times("::ffff:203.0.113.2"), 0) << "both forms are one address";
  EXPECT_EQ(times("2001:db8:0:1::1"), 2);
  EXPECT_EQ(times("2001:db8:0:1:ffff::2"), 0) << "it is the same network";
  EXPECT_EQ(times("2001:db8:0:2::1"), 2);
  EXPECT_EQ(crowd.connect_times(3), 2) << "those of the proxy itself";
  EXPECT_EQ(crowd.connect_times(3, from(sse_request({}), "for=203.0.113.9", "forwarded")), 0)
      << "a header that this proxy does not write was believed";
}

TEST(ConnectionsPerAddress, ForwardedIsReadIfTheProxyWritesIt) {
  Gateway gateway({{"RIG_CONNECTIONS_PER_ADDRESS_MAX", "2"},
                   {"RIG_TRUSTED_PROXIES", "127.0.0.1"},
                   {"RIG_FORWARDED_HEADER", "forwarded"}});
  Crowd crowd(gateway);
  const auto times = [&](const char* element) {
    return crowd.connect_times(3, from(sse_request({}), element, "Forwarded"));
  };
  EXPECT_EQ(times(R"(for="203.0.113.1:4711";proto=https)"), 2);
  EXPECT_EQ(times(R"(for=1.1.1.1, for=203.0.113.1)"), 0);
  EXPECT_EQ(times(R"(for="[2001:db8::1]:80")"), 2);
  EXPECT_EQ(times("for=unknown"), 2) << "those count for the proxy";
  EXPECT_EQ(crowd.connect_times(3, from(sse_request({}), "203.0.113.7")), 0);
}

TEST(ConnectionsPerAddress, HeadersOfOthersAreIgnored) {
  Gateway gateway({{"RIG_CONNECTIONS_PER_ADDRESS_MAX", "2"}, {"RIG_TRUSTED_PROXIES", "10.0.0.1"}});
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect_times(3, from(sse_request({}), "203.0.113.1")), 2);
  EXPECT_EQ(crowd.connect_times(3, from(sse_request({}), "203.0.113.2")), 0);
}

TEST(ConnectionsPerAddress, AreGivenBackWhileManyComeAndGo) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_CONNECTIONS_PER_ADDRESS_MAX", "8"}});
  Crowd crowd(gateway);
  for (int round = 0; round < 20; ++round) {
    EXPECT_TRUE(eventually([&] {
      if (crowd.connect_times(8) == 8) return true;
      crowd.all_leave();
      return false;
    }));
    EXPECT_EQ(crowd.connect_times(1), 0) << "round " << round;
    crowd.all_leave();
  }
}

/// How many of these requests on one connection are answered by 200, and the last refusal.
struct Answers {
  int served = 0;
  HttpReply refusal;
};
Answers ask(HttpClient& client, int times, const HttpRequest& request) {
  Answers answers;
  for (int i = 0; i < times; ++i) {
    auto reply = client.request(request);
    if (reply.status == 200) {
      ++answers.served;
    } else {
      answers.refusal = std::move(reply);
    }
  }
  return answers;
}

TEST(RequestsPerAddress, AreLimitedByRateAndBurst) {
  Gateway gateway({{"RIG_SHARDS", "4"},
                   {"RIG_REQUESTS_PER_SECOND_PER_ADDRESS", "1"},
                   {"RIG_REQUEST_BURST_PER_ADDRESS", "5"}});
  const HttpRequest health{.target = "/_rig/health"};
  const auto began = std::chrono::steady_clock::now();
  HttpClient client(gateway.inbound());
  const auto answers = ask(client, 100, health);
  const auto others = fetch(gateway.inbound(), health).status == 200 ? 1 : 0;
  const auto passed = std::chrono::ceil<seconds>(std::chrono::steady_clock::now() - began).count();
  EXPECT_GE(answers.served, 5);
  EXPECT_LE(answers.served + others, 5 + passed) << "another connection is not another address";
  EXPECT_EQ(answers.refusal.status, 429);
  EXPECT_EQ(retry_after(answers.refusal), 1);
  EXPECT_EQ(answers.refusal.header("access-control-allow-origin"), "*");
  EXPECT_EQ(gateway.metric("rig_http_limited_requests_total"), 101 - answers.served - others);
  EXPECT_TRUE(eventually([&] { return client.request(health).status == 200; }));
}

TEST(RequestsPerAddress, HoldForStreamsAndNotForManagement) {
  Gateway gateway({{"RIG_REQUESTS_PER_SECOND_PER_ADDRESS", "1"},
                   {"RIG_REQUEST_BURST_PER_ADDRESS", "1"},
                   {"RIG_TRUSTED_PROXIES", "127.0.0.1"}});
  HttpClient management(gateway.api());
  EXPECT_EQ(ask(management, 50, {.target = "/health"}).served, 50);
  Crowd crowd(gateway);
  EXPECT_LT(crowd.connect_times(50, from(sse_request({}), "203.0.113.1")), 50);
  EXPECT_EQ(crowd.connect_times(1, from(sse_request({}), "203.0.113.2")), 1);
}

TEST(RequestsPerAddress, ManyAddressesAreBounded) {
  Gateway gateway({{"RIG_SHARDS", "1"},
                   {"RIG_REQUESTS_PER_SECOND_PER_ADDRESS", "1"},
                   {"RIG_REQUEST_BURST_PER_ADDRESS", "100"},
                   {"RIG_ADDRESSES_MAX", "10"},
                   {"RIG_TRUSTED_PROXIES", "127.0.0.1"}});
  HttpClient client(gateway.inbound());
  for (int i = 0; i < 200; ++i) {
    const auto address = "203.0.113." + std::to_string(i);
    ASSERT_EQ(ask(client, 2, from({.target = "/_rig/health"}, address)).served, 2);
  }
  EXPECT_GE(gateway.metric("rig_forgotten_addresses_total"), 1);
}

TEST(RequestsPerAddress, AStopWhileTheyAreCountedIsInOrder) {
  Gateway gateway({{"RIG_SHARDS", "4"},
                   {"RIG_REQUESTS_PER_SECOND_PER_ADDRESS", "1000000"},
                   {"RIG_CONNECTIONS_PER_ADDRESS_MAX", "1000"},
                   {"RIG_DRAIN_TIMEOUT", "200ms"}});
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect_times(20), 20);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "GET /_rig/health HTTP/1.1\r\nhost: h\r\n\r\n";
  std::vector<RawSocket> busy;
  for (int i = 0; i < 20; ++i) {
    busy.emplace_back(gateway.inbound());
    busy.back().send(many);
  }
  gateway.stop();
}

TEST(SubscriptionLimits, ClausesAndFieldSetsAreBounded) {
  Gateway gateway(
      {{"RIG_CLAUSES_MAX", "2"},
       {"RIG_FIELD_SETS_MAX", "2"},
       {"EXTRACTORS", R"({"t":{"a":{"stable_field_index":0,"event":{"json_pointer":"/data/a"}},)"
                      R"("b":{"stable_field_index":1,"event":{"json_pointer":"/data/b"}}}})"}});
  Crowd crowd(gateway);
  EXPECT_EQ(crowd.connect(sse_request(R"([{"eventType":"t","oneOf":[{"a":1},{"a":2}]}])")).status,
            200);
  for (
      const auto* too_many :
      {R"([{"eventType":"t","oneOf":[{"a":1},{"a":2},{"a":3}]}])",
       R"([{"eventType":"t","oneOf":[{"a":1},{"b":2}]},{"eventType":"t","oneOf":[{"a":1,"b":2}]}])"}) {
    EXPECT_EQ(crowd.connect(sse_request(too_many)).status, 400) << too_many;
    EXPECT_EQ(crowd.connect(ws_request(too_many)).status, 400) << too_many;
    SseClient client(gateway.inbound(), {"t"});
    EXPECT_EQ(fetch(gateway.inbound(), put_subscriptions(client.token(), too_many)).status, 400);
    EXPECT_EQ(json_at(fetch(gateway.inbound(), get_subscriptions(client.token())).body,
                      "/subscriptions/0/eventType"),
              "t");
  }
}

TEST(SubscriptionLimits, NumberAndBodyAreBoundedOnPutToo) {
  Gateway gateway({{"RIG_SUBSCRIPTIONS_MAX", "2"}, {"RIG_REQUEST_BODY_BYTES_MAX", "4KiB"}});
  SseClient client(gateway.inbound(), {"a"});
  const auto put = [&](const std::string& list) {
    return fetch(gateway.inbound(), put_subscriptions(client.token(), list)).status;
  };
  EXPECT_EQ(put(subscriptions_to({"a", "b"})), 204);
  EXPECT_EQ(put(subscriptions_to({"a", "b", "c"})), 400);
  EXPECT_EQ(put(subscriptions_to({std::string(5'000, 'x')})), 413);
}

/// The gateway with a limit of its descriptors that it cannot raise.
class FewDescriptors {
 public:
  explicit FewDescriptors(int count, const Environment& changes = {})
      : gateway_(changes, program(count)) {}
  Gateway& gateway() { return gateway_; }

 private:
  std::string program(int count) const {
    auto path = folder_.write("rig", "#!/bin/sh\nulimit -n " + std::to_string(count) + "\nexec '" +
                                         Gateway::program_path() + "'\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  TempFolder folder_;
  Gateway gateway_;
};

/// Some clients come, get an event each, and leave. UBSan looks once at each kind of object whether
/// it has its table of virtual functions, and needs a descriptor for that: this is how it has
/// looked at all of them before there is none.
void come_and_go(Gateway& gateway) {
  const auto connections = [&] { return gateway.metric("rig_connections"); };
  const auto before = connections();
  for (int round = 0; round < 4; ++round) {
    Publisher publisher(gateway.api());
    std::vector<SseClient> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back(gateway.inbound(), sse_request(subscriptions_to({"warm"})));
      clients.back().read_greeting();
    }
    publisher.event("warm", "1");
    for (auto& client : clients) (void)client.next_event();
  }
  EXPECT_TRUE(eventually([&] { return connections() <= before; }));
}

TEST(Descriptors, WhatTheyAllowIsSaidAtTheStart) {
  FewDescriptors few(100);
  const auto lines = log_lines(few.gateway().process().standard_output(), "file descriptors");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(json_at(lines[0], "/metadata/allowed"), "100");
  const int connections = std::stoi(json_at(lines[0], "/metadata/connections").value_or("0"));
  EXPECT_GT(connections, 20);
  EXPECT_LT(connections, 97);
}

TEST(Descriptors, FewerThanTheConnectionsThatAreWantedAreWarnedOf) {
  const auto warnings = [](const Environment& settings) {
    FewDescriptors few(100, settings);
    return log_lines(few.gateway().process().standard_output(),
                     "fewer file descriptors than RIG_CONNECTIONS_MAX allows connections")
        .size();
  };
  EXPECT_EQ(warnings({{"RIG_CONNECTIONS_MAX", "60"}}), 1U) << "on each of two shards";
  EXPECT_EQ(warnings({{"RIG_CONNECTIONS_MAX", "10"}}), 0U);
  EXPECT_EQ(warnings({}), 0U);
}

TEST(Descriptors, WithoutOneANewClientIsToldAndTheOthersAreServed) {
  FewDescriptors few(64);
  Gateway& gateway = few.gateway();
  come_and_go(gateway);
  SseClient subscriber(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  publisher.event("a", "before");
  Crowd crowd(gateway);
  int served = 0;
  while (crowd.connect().status == 200) ASSERT_LT(++served, 64);
  for (int i = 0; i < 10; ++i) {
    const auto refused = crowd.connect();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("retry-after"), "1");
    EXPECT_EQ(refused.header("connection"), "close");
    EXPECT_EQ(refused.header("access-control-allow-origin"), "*");
    publisher.event("a", std::to_string(i));
  }
  EXPECT_EQ(fetch(gateway.api(), {.target = "/health"}).status, 503);
  EXPECT_EQ(json_at(subscriber.next_event().data, "/id"), "before");
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(json_at(subscriber.next_event().data, "/id"), std::to_string(i));

  crowd.all_leave();
  EXPECT_TRUE(eventually([&] { return crowd.connect().status == 200; }));
  EXPECT_GE(dropped(gateway, "descriptors"), 12);
  gateway.stop();  // with its last line of the log
  EXPECT_EQ(log_lines(gateway.process().standard_output(),
                      "out of file descriptors: new connections are refused")
                .size(),
            1U);
}

TEST(LimitSettings, AreCheckedAtTheStart) {
  ChildProcess program({Gateway::program_path(), "--check"},
                       default_settings({{"RIG_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example, ::/x"},
                                         {"RIG_FORWARDED_HEADER", "x-real-ip"},
                                         {"MAX_CONNECTIONS_PER_MINUTE", "-1"}}));
  EXPECT_EQ(program.wait_exit(), 1);
  const auto output = program.standard_output() + program.standard_error();
  EXPECT_THAT(output, HasSubstr(R"(RIG_TRUSTED_PROXIES has "proxy.example")"));
  EXPECT_THAT(output, HasSubstr(R"(RIG_TRUSTED_PROXIES has "::/x")"));
  EXPECT_THAT(output, HasSubstr("RIG_FORWARDED_HEADER"));
  EXPECT_THAT(output, HasSubstr("MAX_CONNECTIONS_PER_MINUTE"));
}

}  // namespace
}  // namespace testkit

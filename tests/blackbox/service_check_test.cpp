// SUBSCRIPTION_CHECK and SUBMISSION_CHECK by another service (events.md 11).
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/listener.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/tokens.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <string_view>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A service that decides, one question at a time, as the test tells it.
class Decider {
 public:
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port()) + "/Check?Case=Kept";
  }
  /// The next question, answered with that status line when `think` has returned.
  std::string decide(std::string_view answer, const std::function<void()>& think = [] {}) {
    auto socket = listener_.accept();
    auto head = socket.read_until("\r\n\r\n");
    const auto at = head.find("ontent-length: ") != std::string::npos
                        ? head.find("ontent-length: ")
                        : head.find("ontent-Length: ");
    if (at == std::string::npos) throw Failure("no content-length: " + head);
    head += socket.read_exactly(std::stoul(head.substr(at + 15)));
    think();
    socket.send("HTTP/1.1 " + std::string(answer) +
                "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    return head;
  }

 private:
  Listener listener_;
};

/// The answer to a request that another service decides about.
template <class Ask>
auto ask_meanwhile(Ask ask) {
  return std::async(std::launch::async, std::move(ask));
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The log is written by a thread of its own.
void expect_complaints(Gateway& gateway, std::size_t count) {
  constexpr auto kLine = "a service that decides about requests does not";
  const auto lines = [&] { return log_lines(gateway.process().standard_output(), kLine).size(); };
  EXPECT_TRUE(eventually([&] { return lines() >= count; }));
  EXPECT_EQ(lines(), count);
}

class ServiceCheck : public ::testing::TestWithParam<Transport> {};

// Quirks Q20 and O18: its URL keeps its case, and it decides alone.
TEST_P(ServiceCheck, IsAskedByPostWithTheClientsOwnWords) {
  Decider decider;
  Gateway gateway({{"SUBSCRIPTION_CHECK", decider.url()}});
  const auto list = subscriptions_to({"a"});
  auto opened = ask_meanwhile([&] {
    auto client = EventClient::open(GetParam(), gateway.inbound(),
                                    {.subscriptions = list, .token = "any.to.ken"});
    client->read_greeting();
    return client;
  });
  const auto question = decider.decide("204 No Content");
  EXPECT_THAT(question, StartsWith("POST /Check?Case=Kept HTTP/1.1\r\n"));
  EXPECT_THAT(lower_case(question), HasSubstr("\r\nauthorization: bearer any.to.ken\r\n"));
  EXPECT_THAT(question, ::testing::EndsWith(R"({"subscriptions":)" + list + "}"));
  EXPECT_NE(opened.get()->token(), "");
}

/// A client whose token ends while the service thinks about it is sent away in order.
class EndsMeanwhile : public ServiceCheck {
 protected:
  void decide() {
    (void)decider_.decide("200 OK", [this] {
      HttpRequest request{.method = "POST", .target = "/_rig/v1/events"};
      request.headers.emplace_back("authorization", "Bearer " + token_);
      EXPECT_TRUE(eventually([&] { return fetch(gateway_.inbound(), request).status == 401; }));
    });
  }
  /// What is left of the client must not be in anybody's way.
  void expect_sent_away() {
    EXPECT_TRUE(eventually([&] {
      return gateway_.metric("rig_connections",
                             {{"transport", std::string(name_of(GetParam()))}}) == 0;
    }));
    EXPECT_EQ(gateway_.metric("rig_dropped_connections_total", {{"reason", "token_expired"}}), 1);
    Publisher(gateway_.api()).event("a", "1");
    EXPECT_EQ(gateway_.metric("rig_subscriptions_total"), 0);
  }

  Decider decider_;
  Gateway gateway_{{{"SUBSCRIPTION_CHECK", decider_.url()},
                    {"SUBMISSION_CHECK", "jwt_validation"},
                    {"JWT_SECRET_KEY", std::string(kTokenSecret)},
                    {"RIG_TOKEN_EXPIRY_WARNING", "0"}}};
  const std::string token_ = session_token("s", {}, std::chrono::seconds(2));
};

TEST_P(EndsMeanwhile, BeforeItIsConnected) {
  auto opened = ask_meanwhile([&] {
    return EventClient::open(GetParam(), gateway_.inbound(),
                             {.subscriptions = subscriptions_to({"a"}), .token = token_});
  });
  decide();
  const auto client = opened.get();
  expect_sent_away();
}

TEST_P(EndsMeanwhile, BeforeItsSubscriptionsAreSet) {
  auto client = EventClient::open(GetParam(), gateway_.inbound(), {});
  client->read_greeting();
  auto put = put_subscriptions(client->token(), subscriptions_to({"a"}), name_of(GetParam()));
  put.headers.emplace_back("authorization", "Bearer " + token_);
  auto asked = ask_meanwhile([&] { return fetch(gateway_.inbound(), put).status; });
  decide();
  EXPECT_EQ(asked.get(), 204);
  expect_sent_away();
}

INSTANTIATE_TEST_SUITE_P(Checks, EndsMeanwhile, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

INSTANTIATE_TEST_SUITE_P(Checks, ServiceCheck, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST(ServiceChecks, WhoAsksForNothingMayShowWhatOnlyTheServiceKnows) {
  Decider decider;
  Gateway gateway({{"SUBSCRIPTION_CHECK", decider.url()}});
  auto request = sse_request({});
  request.headers.emplace_back("authorization", "Bearer any.to.ken");
  SseClient client(gateway.inbound(), request);
  client.read_greeting();
}

TEST(ServiceChecks, WhatItSaysIsPassedOn) {
  Decider decider;
  Gateway gateway({{"SUBSCRIPTION_CHECK", decider.url()}});
  const auto status_after = [&](std::string_view answer) {
    auto asked = ask_meanwhile(
        [&] { return fetch(gateway.inbound(), sse_request(subscriptions_to({"a"}))).status; });
    (void)decider.decide(answer);
    return asked.get();
  };
  EXPECT_EQ(status_after("401 Unauthorized"), 401);
  EXPECT_EQ(status_after("403 Forbidden"), 403);
  EXPECT_EQ(status_after("500 Oops"), 503);
  EXPECT_EQ(status_after("302 Found"), 503);
  expect_complaints(gateway, 2);
}

TEST(ServiceChecks, ADeadServiceIsNoAndSoonNotEvenAsked) {
  std::string url;
  {
    const Decider gone;
    url = gone.url();
  }
  Gateway gateway({{"SUBSCRIPTION_CHECK", url}, {"RIG_SHARDS", "1"}});
  for (int i = 0; i < 20; ++i) {
    const auto reply = fetch(gateway.inbound(), sse_request(subscriptions_to({"a"})));
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(json_at(reply.body, "/reason"), "service_unavailable");
  }
  expect_complaints(gateway, 5);
}

TEST(ServiceChecks, ASilentServiceIsNoAfterItsTime) {
  const Listener silent;
  Gateway gateway(
      {{"SUBSCRIPTION_CHECK", "http://127.0.0.1:" + std::to_string(silent.port()) + "/"},
       {"RIG_CHECK_TIMEOUT", "100ms"}});
  EXPECT_EQ(fetch(gateway.inbound(), sse_request(subscriptions_to({"a"}))).status, 503);
}

TEST(ServiceChecks, APutIsDecidedToo) {
  Decider decider;
  Gateway gateway({{"SUBSCRIPTION_CHECK", decider.url()}});
  SseClient client(gateway.inbound(), sse_request({}));
  client.read_greeting();
  auto put = put_subscriptions(client.token(), subscriptions_to({"a"}));
  put.headers.emplace_back("authorization", "Bearer x");
  put.headers.emplace_back("authorization", "Basic y");
  auto refused = ask_meanwhile([&] { return fetch(gateway.inbound(), put).status; });
  const auto question = decider.decide("403 Forbidden");
  EXPECT_THAT(lower_case(question), HasSubstr("\r\nauthorization: bearer x, basic y\r\n"));
  EXPECT_THAT(question, ::testing::EndsWith(put.body));
  EXPECT_EQ(refused.get(), 403);
  auto allowed = ask_meanwhile([&] { return fetch(gateway.inbound(), put).status; });
  (void)decider.decide("200 OK");
  EXPECT_EQ(allowed.get(), 204);
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
}

TEST(ServiceChecks, WhatAWebSocketAsksForInBandIsDecidedToo) {
  Decider decider;
  Gateway gateway({{"SUBSCRIPTION_CHECK", decider.url()}});
  WsClient client(gateway.inbound());
  client.read_greeting();
  client.send_text(R"({"subscriptions":[{"eventType":"a"}],"jwt":"x"})");
  EXPECT_THAT(decider.decide("403 Forbidden"),
              ::testing::EndsWith(R"({"subscriptions":[{"eventType":"a","oneOf":[]}]})"));
  EXPECT_EQ(client.next_event().type, "rig.error");
  client.send_text(ws_subscriptions(subscriptions_to({"b"})));
  (void)decider.decide("200 OK");
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
}

TEST(ServiceChecks, ANodeStopsWhileItWaitsForAnAnswer) {
  Listener silent;
  Gateway gateway(
      {{"SUBSCRIPTION_CHECK", "http://127.0.0.1:" + std::to_string(silent.port()) + "/"},
       {"RIG_CHECK_TIMEOUT", "60s"},
       {"RIG_DRAIN_TIMEOUT", "100ms"}});
  RawSocket client(gateway.inbound());
  client.send(to_bytes(sse_request(subscriptions_to({"a"}))));
  const auto asked = silent.accept();
  gateway.process().signal(SIGTERM);
  gateway.expect_exit(0);
}

// Quirk Q1.
TEST(ServiceChecks, Q1_EventsFromOutsideAreDecided) {
  Decider decider;
  Gateway gateway({{"SUBMISSION_CHECK", decider.url()}});
  auto request = publish_request(event_json("a", "1"));
  request.target = "/_rig/v1/events";
  request.headers.emplace_back("authorization", "Bearer x");
  auto refused = ask_meanwhile([&] { return fetch(gateway.inbound(), request).status; });
  const auto question = decider.decide("403 Forbidden");
  EXPECT_THAT(question, ::testing::EndsWith(request.body));
  EXPECT_THAT(lower_case(question), HasSubstr("content-type: application/cloudevents+json"));
  EXPECT_EQ(refused.get(), 403);
  auto allowed = ask_meanwhile([&] { return fetch(gateway.inbound(), request).status; });
  (void)decider.decide("202 Accepted");
  EXPECT_EQ(allowed.get(), 202);
}

}  // namespace
}  // namespace testkit

// Subscriptions that follow from the claims of tokens, and fields that are security (events.md 8).
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/tokens.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

constexpr auto kFirst = R"("name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"},)"
                        R"("jwt":{"json_pointer":"/name"})";

Environment settings(bool enforced) {
  return {{"JWT_SECRET_KEY", std::string(kTokenSecret)},
          {"EXTRACTORS", R"({"greeting":{)" + std::string(kFirst) +
                             (enforced ? R"(,"enforce":true}}})" : "}}}")}};
}

std::string token_for(const std::string& name) {
  return session_token("s-" + name, R"("name":")" + name + "\"");
}
std::string to(const std::string& name) { return R"({"name":")" + name + "\"}"; }

class ClaimsOf : public ::testing::TestWithParam<Transport> {};

TEST_P(ClaimsOf, ATokenSubscribeItsOwner) {
  Gateway gateway(settings(false));
  auto client = EventClient::open(GetParam(), gateway.inbound(), {.token = token_for("alice")});
  const auto greeting = client->read_greeting();
  EXPECT_EQ(json_at(greeting.json, "/data"),
            R"([{"eventType":"greeting","oneOf":[{"name":"alice"}]}])");
  Publisher publisher(gateway.api());
  publisher.event("greeting", "1", to("bob"));
  publisher.event("greeting", "2", to("alice"));
  EXPECT_EQ(id_of(client->next_event()), "2");
}

TEST_P(ClaimsOf, AnEnforcedFieldNarrowWhateverIsAskedFor) {
  Gateway gateway(settings(true));
  auto alice = EventClient::open(
      GetParam(), gateway.inbound(),
      {.subscriptions = subscriptions_to({"greeting", "free"}), .token = token_for("alice")});
  alice->read_greeting();
  auto nobody = EventClient::open(GetParam(), gateway.inbound(),
                                  {.subscriptions = subscriptions_to({"greeting", "free"})});
  nobody->read_greeting();
  auto bob =
      EventClient::open(GetParam(), gateway.inbound(),
                        {.subscriptions = R"([{"eventType":"greeting","oneOf":[{"name":"alice"}]},)"
                                          R"({"eventType":"free"}])",
                         .token = token_for("bob")});
  bob->read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("greeting", "1", to("alice"));
  publisher.event("greeting", "2", R"({"name":null})");
  publisher.event("free", "3");
  EXPECT_EQ(id_of(alice->next_event()), "1");
  for (const auto* client : {&alice, &nobody, &bob}) EXPECT_EQ(id_of((*client)->next_event()), "3");
}

INSTANTIATE_TEST_SUITE_P(Claims, ClaimsOf, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

// Contract, events.md 7: without the token the subscriptions that follow from it are gone.
TEST(Claims, APutReplacesWhatFollowsFromThem) {
  Gateway gateway(settings(false));
  SseClient client(gateway.inbound(), sse_request({}));
  client.read_greeting();
  auto put = put_subscriptions(client.token(), subscriptions_to({"other"}));
  put.headers.emplace_back("authorization", "Bearer " + token_for("alice"));
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  EXPECT_EQ(json_at(client.next_event().data, "/data"),
            R"([{"eventType":"greeting","oneOf":[{"name":"alice"}]},)"
            R"({"eventType":"other","oneOf":[]}])");
  EXPECT_EQ(fetch(gateway.inbound(), put_subscriptions(client.token(), subscriptions_to({"other"})))
                .status,
            204);
  EXPECT_EQ(json_at(client.next_event().data, "/data"), R"([{"eventType":"other","oneOf":[]}])");
}

TEST(Claims, APutWithoutATokenHasWhatTheConnectionMayHave) {
  Gateway gateway(settings(true));
  SseClient client(gateway.inbound(),
                   {.target = std::string(kSsePath) + "?jwt=" + token_for("alice")});
  client.read_greeting();
  ASSERT_EQ(
      fetch(gateway.inbound(), put_subscriptions(client.token(), subscriptions_to({"greeting"})))
          .status,
      204);
  EXPECT_EQ(json_at(client.next_event().data, "/data"),
            R"([{"eventType":"greeting","oneOf":[{"name":"alice"}]}])");
}

TEST(Claims, AFreshTokenInBandReplacesTheOldOnesRights) {
  Gateway gateway(settings(true));
  auto request = ws_request(subscriptions_to({"greeting"}));
  request.target += "&jwt=" + token_for("alice");
  WsClient client(gateway.inbound(), request);
  client.read_greeting();
  client.send_text(R"({"jwt":")" + token_for("bob") + "\"}");
  EXPECT_EQ(json_at(client.next_event().json, "/data"),
            R"([{"eventType":"greeting","oneOf":[{"name":"bob"}]}])");
  Publisher publisher(gateway.api());
  publisher.event("greeting", "1", to("alice"));
  publisher.event("greeting", "2", to("bob"));
  EXPECT_EQ(json_at(client.next_event().json, "/id"), "2");
}

// It would stay for as long as its new token says, with what its old one allowed.
TEST_P(ClaimsOf, ATokenWhoseSubscriptionsAreRefusedChangesNothing) {
  auto with_limit = settings(true);
  with_limit["RIG_CLAUSES_MAX"] = "1";
  Gateway gateway(with_limit);
  auto client = EventClient::open(GetParam(), gateway.inbound(), {.token = token_for("alice")});
  client->read_greeting();
  const auto too_much = session_token("s", R"("name":["bob","carol"])");
  const auto list = subscriptions_to({"greeting"});
  auto put = put_subscriptions(client->token(), list, name_of(GetParam()));
  put.headers.emplace_back("authorization", "Bearer " + too_much);
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 400);
  if (client->replace_in_band("[],\"jwt\":\"" + too_much + "\""))
    EXPECT_EQ(client->next().type, "rig.error");
  put.headers.pop_back();
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  EXPECT_EQ(json_at(client->next().json, "/data"),
            R"([{"eventType":"greeting","oneOf":[{"name":"alice"}]}])");
}

// What was kept for who comes back is narrowed like what is live.
TEST(Claims, AreEnforcedInAReplayToo) {
  Gateway gateway(settings(true));
  SseClient reader(gateway.inbound(), {"other"});
  const auto& cursor = reader.last_event_id();
  auto keeper = EventClient::open(
      Transport::kSse, gateway.inbound(),
      {.subscriptions = subscriptions_to({"greeting"}), .token = token_for("alice")});
  keeper->read_greeting();
  Publisher publisher(gateway.api());
  publisher.event("greeting", "1", to("alice"));
  publisher.event("other", "2");
  EXPECT_EQ(id_of(keeper->next_event()), "1");
  auto thief = EventClient::open(
      Transport::kSse, gateway.inbound(),
      {.subscriptions = subscriptions_to({"greeting", "other"}), .cursor = cursor});
  EXPECT_EQ(id_of(thief->next_event()), "2");
}

}  // namespace
}  // namespace testkit

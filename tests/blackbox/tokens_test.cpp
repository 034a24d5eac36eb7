// Tokens at every door (events.md 11): what is asked of whom, and how it is refused.
#include "testkit/tokens.hpp"
#include "testkit/event_client.hpp"
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::pair<const std::string, std::string> kKey{"JWT_SECRET_KEY", std::string(kTokenSecret)};
const std::pair<const std::string, std::string> kTokensOnly{"SUBSCRIPTION_CHECK", "jwt_validation"};
const std::pair<const std::string, std::string> kSubmitTokens{"SUBMISSION_CHECK", "JWT_VALIDATION"};
constexpr auto kInboundEvents = "/_rig/v1/events";

/// A request that opens a connection, to see how it is refused.
HttpRequest opening(Transport transport, std::string_view subscriptions) {
  switch (transport) {
    case Transport::kSse: return sse_request(subscriptions);
    case Transport::kWs: return ws_request(subscriptions);
    case Transport::kLongPolling: return long_poll_request(subscriptions);
  }
  return {};
}

HttpRequest with_bearer(HttpRequest request, const std::string& token) {
  request.headers.emplace_back("authorization", "Bearer " + token);
  return request;
}

HttpRequest with_query(HttpRequest request, const std::string& token) {
  request.target += "&jwt=" + token;
  return request;
}

HttpRequest event_request(std::string_view id) {
  auto request = publish_request(event_json("a", id));
  request.target = kInboundEvents;
  return request;
}

std::string expired() { return session_token("s", {}, std::chrono::seconds(-1)); }

class TokensAtConnect : public ::testing::TestWithParam<Transport> {
 protected:
  std::string list_ = subscriptions_to({"a"});
};

TEST_P(TokensAtConnect, AGoodOneOpensByQueryAndByHeader) {
  Gateway gateway({kKey, kTokensOnly});
  auto client = EventClient::open(GetParam(), gateway.inbound(),
                                  {.subscriptions = list_, .token = session_token("s")});
  client->read_greeting();
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(id_of(client->next_event()), "1");
}

TEST_P(TokensAtConnect, WithoutOneNobodySubscribes) {
  Gateway gateway({kKey, kTokensOnly});
  const auto reply = fetch(gateway.inbound(), opening(GetParam(), list_));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("www-authenticate"), "Bearer realm=\"rig\"");
  EXPECT_EQ(json_at(reply.body, "/reason"), "token_missing");
  EXPECT_EQ(gateway.metric("rig_access_denied_total", {{"reason", "token_missing"}}), 1);
}

// Quirk Q21: an `exp` that is no number does not count as later.
TEST_P(TokensAtConnect, OneThatIsShownMustBeGoodEvenIfNoneIsNeeded) {
  Gateway gateway({kKey});
  const std::vector<std::pair<std::string, std::string>> bad{
      {expired(), "token_expired"},
      {token_of(R"({"jti":"s"})"), "token_expired"},
      {token_of(R"({"exp":"soon"})"), "token_claim"},
      {token_of(R"({"exp":99999999999,"nbf":99999999998})"), "token_not_yet_valid"},
      {session_token("s") + "x", "token_signature"},
      {token_of(R"({"exp":99999999999})", "another secret of 32 bytes, or more"),
       "token_signature"},
      {"a.b.c", "token_malformed"}};
  for (const auto& [token, reason] : bad) {
    for (const auto& request : {with_query(opening(GetParam(), list_), token),
                                with_bearer(opening(GetParam(), list_), token)}) {
      const auto reply = fetch(gateway.inbound(), request);
      EXPECT_EQ(reply.status, 401) << reason;
      EXPECT_EQ(json_at(reply.body, "/reason"), reason) << reply.body;
      EXPECT_THAT(reply.header("www-authenticate").value_or(""),
                  HasSubstr("error=\"invalid_token\""));
    }
  }
}

TEST_P(TokensAtConnect, WhoAsksForNothingNeedsNone) {
  Gateway gateway({kKey, kTokensOnly});
  auto client = EventClient::open(GetParam(), gateway.inbound(), {});
  client->read_greeting();
  EXPECT_NE(client->token(), "");
}

TEST_P(TokensAtConnect, WithoutAKeyTheHeaderMeansNothing) {
  Gateway gateway;
  const auto reply = fetch(gateway.inbound(), with_query(opening(GetParam(), list_), "a.b.c"));
  EXPECT_EQ(json_at(reply.body, "/reason"), "token_no_keys");
  auto client = EventClient::open(GetParam(), gateway.inbound(), {.subscriptions = list_});
  client->read_greeting();
}

TEST_P(TokensAtConnect, AreRefusedInTheWordsOfTheFirstRigIfTheSettingsSaySo) {
  Gateway gateway({kKey, kTokensOnly, {"RIG_DENIALS", "v3"}});
  const auto missing = fetch(gateway.inbound(), opening(GetParam(), list_));
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.body, "Subscription denied (not authorized).");
  const auto old = fetch(gateway.inbound(), with_query(opening(GetParam(), list_), expired()));
  EXPECT_EQ(old.status, 400);
  EXPECT_EQ(old.body, "could not parse subscriptions: could not decode JWT: token expired");
  const auto forged =
      fetch(gateway.inbound(), with_query(opening(GetParam(), list_), session_token("s") + "x"));
  EXPECT_EQ(forged.body, "could not parse subscriptions: could not decode JWT: Invalid signature");
}

INSTANTIATE_TEST_SUITE_P(Tokens, TokensAtConnect, ::testing::ValuesIn(kTransports),
                         [](const auto& info) { return std::string(name_of(info.param)); });

TEST(Tokens, AHeaderOpensAStream) {
  Gateway gateway({kKey, kTokensOnly});
  SseClient client(gateway.inbound(),
                   with_bearer(sse_request(subscriptions_to({"a"})), session_token("s")));
  client.read_greeting();
}

TEST(Tokens, SeveralInOneHeaderMustAllBeGood) {
  Gateway gateway({kKey, kTokensOnly});
  auto request = sse_request(subscriptions_to({"a"}));
  request.headers.emplace_back("authorization",
                               "Bearer " + session_token("s") + ", bearer " + session_token("t"));
  SseClient client(gateway.inbound(), request);
  client.read_greeting();
  request.headers.emplace_back("Authorization", "Bearer " + expired());
  EXPECT_EQ(fetch(gateway.inbound(), request).status, 401);
}

TEST(Tokens, AWebSocketIsClosedInsteadIfTheSettingsSaySo) {
  Gateway gateway({kKey, kTokensOnly, {"RIG_WS_REFUSE", "close"}});
  WsClient client(gateway.inbound(), ws_request(subscriptions_to({"a"})));
  client.expect_close(1000, "Bad request.");
}

TEST(Tokens, APutNeedsOneToo) {
  Gateway gateway({kKey, kTokensOnly});
  SseClient client(gateway.inbound(), sse_request({}));
  client.read_greeting();
  const auto put = put_subscriptions(client.token(), subscriptions_to({"a"}));
  EXPECT_EQ(json_at(fetch(gateway.inbound(), put).body, "/reason"), "token_missing");
  EXPECT_EQ(fetch(gateway.inbound(), with_bearer(put, expired())).status, 401);
  EXPECT_EQ(fetch(gateway.inbound(), with_bearer(put, session_token("s"))).status, 204);
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
  auto by_query = put;
  by_query.target += "?jwt=" + session_token("s");
  EXPECT_EQ(fetch(gateway.inbound(), by_query).status, 204);
}

// As when it connects: the header may be meant for others.
TEST(Tokens, WithoutAKeyTheHeaderOfAPutMeansNothing) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"a"});
  const auto put = put_subscriptions(client.token(), subscriptions_to({"b"}));
  EXPECT_EQ(fetch(gateway.inbound(), with_bearer(put, "a.b.c")).status, 204);
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
  auto by_query = put;
  by_query.target += "?jwt=a.b.c";
  EXPECT_EQ(json_at(fetch(gateway.inbound(), by_query).body, "/reason"), "token_no_keys");
}

TEST(Tokens, APutIsRefusedInTheWordsOfTheFirstRig) {
  Gateway gateway({kKey, {"RIG_DENIALS", "v3"}});
  SseClient client(gateway.inbound(), {"a"});
  const auto put = put_subscriptions(client.token(), subscriptions_to({"b"}));
  const auto reply = fetch(gateway.inbound(), with_bearer(put, expired()));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body,
            "cannot accept subscription request: invalid authorization header: could not decode "
            "JWT: token expired");
}

// Quirk Q1.
TEST(Tokens, Q1_WhoPublishesFromOutsideNeedsOneAndOneIsEnough) {
  Gateway gateway({kKey, kSubmitTokens});
  SseClient client(gateway.inbound(), {"a"});
  EXPECT_EQ(fetch(gateway.inbound(), event_request("1")).status, 401);
  EXPECT_EQ(fetch(gateway.inbound(), with_bearer(event_request("2"), expired())).status, 401);
  auto request = with_bearer(event_request("3"), expired());
  request.headers.emplace_back("authorization", "Bearer " + session_token("s"));
  EXPECT_EQ(fetch(gateway.inbound(), request).status, 202);
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "3");
}

TEST(Tokens, WhoPublishesFromInsideNeedsNone) {
  Gateway gateway({kKey, kSubmitTokens});
  SseClient client(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "1");
}

TEST(Tokens, OnAWebSocketTheyComeInBand) {
  Gateway gateway({kKey, kTokensOnly});
  WsClient client(gateway.inbound());
  client.read_greeting();
  const auto list = subscriptions_to({"a"});
  client.send_text(ws_subscriptions(list));
  EXPECT_EQ(client.next_event().type, "rig.error");
  client.send_text(R"({"subscriptions":)" + list + R"(,"jwt":")" + expired() + "\"}");
  EXPECT_EQ(client.next_event().type, "rig.error");
  client.send_text(R"({"subscriptions":)" + list + R"(,"jwt":")" + session_token("s") + "\"}");
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
  Publisher(gateway.api()).event("a", "1");
  EXPECT_EQ(client.next_event().type, "a");
  // It has shown one, so that it needs none again.
  client.send_text(ws_subscriptions(subscriptions_to({"b"})));
  EXPECT_EQ(json_at(client.next_event().json, "/data/0/eventType"), "b");
}

TEST(Tokens, ChecksWithoutAKeyStopTheStart) {
  ChildProcess program({Gateway::program_path()}, default_settings({kTokensOnly, kSubmitTokens}));
  EXPECT_EQ(program.wait_exit(), 1);
  EXPECT_THAT(program.standard_error() + program.standard_output(),
              AllOf(HasSubstr("SUBSCRIPTION_CHECK asks for tokens, but there is no key"),
                    HasSubstr("SUBMISSION_CHECK")));
}

}  // namespace
}  // namespace testkit

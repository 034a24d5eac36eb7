// The original's mistakes that must not come back: one test for each row of the contract's quirk
// lists that the gateway touches today. Q is events.md 15, O is operations.md 16, D is
// observed.md 1. Some are where their subject is, with the row in their name or above it.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/long_poll_client.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/subscription_requests.hpp"
#include "testkit/tokens.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kExtractors =
    R"({"t":{"name":{"stable_field_index":0,"event":{"json_pointer":"/data/name"}}}})";

// Starts the program with settings that it must refuse; returns what it printed.
std::string output_of_failed_start(const Environment& changes) {
  ChildProcess program({Gateway::program_path()}, default_settings(changes));
  EXPECT_EQ(program.wait_exit(), 1);
  expect_no_sanitizer_report(program);
  return program.standard_output() + program.standard_error();
}

TEST(Quirk, Q2_OddDataDoesNotSilenceAType) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  SseClient constrained(gateway.inbound(),
                        sse_request(R"([{"eventType":"t","oneOf":[{"name":"ok"}]}])"));
  constrained.read_greeting();
  SseClient open(gateway.inbound(), {"t"});
  Publisher publisher(gateway.api());
  const std::vector<std::string> odd{
      "\"text\"", "5", "null", "[]", "[{\"name\":\"ok\"}]", "true", "{\"name\":{}}", ""};
  for (const auto& data : odd) publisher.event("t", "odd", data);
  publisher.event("t", "good", R"({"name":"ok"})");
  EXPECT_EQ(json_at(constrained.next_event().data, "/id"), "good");
  for (std::size_t i = 0; i < odd.size(); ++i)
    EXPECT_EQ(json_at(open.next_event().data, "/id"), "odd");
  EXPECT_EQ(json_at(open.next_event().data, "/id"), "good");
}

TEST(Quirk, Q2_PointersAreCheckedAtTheStart) {
  for (const auto* pointer : {"data/name", "#/data/name", "/data/~2"}) {
    const auto output = output_of_failed_start(
        {{"EXTRACTORS", R"({"t":{"name":{"stable_field_index":0,"event":{"json_pointer":")" +
                            std::string(pointer) + R"("}}}})"}});
    EXPECT_THAT(output, HasSubstr("EXTRACTORS")) << pointer;
  }
}

TEST(Quirk, Q3_PingsAreAnsweredOnceAndTheConnectionGoesOn) {  // D8 too
  Gateway gateway;
  WsClient client(gateway.inbound(), {"t"});
  for (const auto* payload : {"abc", ""}) {
    client.send_ping(payload);
    client.expect_pong(payload);
    client.send_ping("fence");
    client.expect_pong("fence");
  }
  const auto put = put_subscriptions(client.token(), subscriptions_to({"u"}), "ws");
  EXPECT_EQ(fetch(gateway.inbound(), put).status, 204);
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
  Publisher(gateway.api()).event("u", "1");
  EXPECT_EQ(client.next_event().type, "u");
}

TEST(Quirk, Q4_ABadExtractorSettingStopsTheStart) {
  for (
      const auto* setting :
      {"{", "[]", "5", "/no/such/file.json", R"({"t":5})", R"({"t":{"a":{}}})",
       R"({"t":{"a":{"stable_field_index":0}}})", R"({"t":{"a":{"event":{"json_pointer":"/a"}}}})",
       R"({"t":{"a":{"stable_field_index":-1,"event":{"json_pointer":"/a"}}}})",
       R"({"t":{"a":{"stable_field_index":"0","event":{"json_pointer":"/a"}}}})",
       R"({"t":{"a":{"stable_field_index":0,"event":{"json_pointer":""}}}})",
       R"({"t":{"a":{"stable_field_index":1,"event":{"json_pointer":"/a"}},"b":{"stable_field_index":1,"event":{"json_pointer":"/b"}}}})"}) {
    EXPECT_THAT(output_of_failed_start({{"EXTRACTORS", setting}}), HasSubstr("EXTRACTORS"))
        << setting;
  }
}

TEST(Quirk, Q4_AConstraintOnAnUnknownFieldDoesNotWidenToAllEvents) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  for (const auto* subscription : {R"([{"eventType":"t","oneOf":[{"nmae":"x"}]}])",
                                   R"([{"eventType":"other","oneOf":[{"name":"x"}]}])"}) {
    const auto reply = fetch(gateway.inbound(), sse_request(subscription));
    EXPECT_EQ(reply.status, 400) << subscription;
  }
}

TEST(Quirk, Q6_NoEventIsLostOnceSubscriptionsAreConfirmed) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  for (int i = 0; i < 60; ++i) {
    const auto type = "new." + std::to_string(i);
    SseClient client(gateway.inbound(), {type});
    Publisher(gateway.api()).event(type, "1");
    ASSERT_EQ(client.next_event().type, type);
  }
}

TEST(Quirk, Q6_NoEventIsLostOnceAPutIsConfirmed) {  // D7 too
  Gateway gateway({{"RIG_SHARDS", "4"}});
  SseClient client(gateway.inbound(), {"t"});
  for (int i = 0; i < 60; ++i) {
    const auto type = "new." + std::to_string(i);
    const auto put = put_subscriptions(client.token(), subscriptions_to({type}));
    ASSERT_EQ(fetch(gateway.inbound(), put).status, 204);
    ASSERT_EQ(client.next_event().type, "rig.subscriptions_set");
    Publisher(gateway.api()).event(type, "1");
    ASSERT_EQ(client.next_event().type, type);
  }
}

TEST(Quirk, Q7_OddCookiesOfAPollAreNot500) {
  Gateway gateway({{"RIG_SHARDS", "4"}, {"RIG_LONGPOLLING_WAIT", "0s"}});
  LongPollClient client(gateway.inbound(), {"t"});
  const auto token = client.cookies().value("connection_token").value_or("");
  const auto body_of = [&](const std::string& cookies) {
    auto poll = long_poll_request();
    poll.headers.emplace_back("cookie", cookies);
    const auto reply = fetch(gateway.inbound(), poll);  // on any shard
    EXPECT_EQ(reply.status, 200) << cookies;
    return reply.body;
  };
  EXPECT_EQ(body_of("connection_token=garbage; last_event_id=\"first_event\""), "\"ok\"");
  for (int i = 0; i < 8; ++i) {
    EXPECT_THAT(body_of("connection_token=" + token), HasSubstr("rig.connection.create"));
    EXPECT_THAT(body_of("connection_token=" + token + "; last_event_id={"),
                HasSubstr("rig.connection.create"));
  }
}

TEST(Quirk, Q8_APolledSessionLosesNothingAndBreaksOnNoId) {
  Gateway gateway;
  LongPollClient client(gateway.inbound(), {"t"});
  Publisher publisher(gateway.api());
  constexpr int kEvents = 260;
  for (int i = 0; i < kEvents; ++i) publisher.event("t", R"(a\"b;c)", std::to_string(i));
  for (int i = 0; i < kEvents; ++i) {
    const auto event = client.next_event();  // which checks body and cookies
    ASSERT_EQ(json_at(event, "/id"), "a\"b;c");
    ASSERT_EQ(json_at(event, "/data"), std::to_string(i));
  }
}

TEST(Quirk, Q9_TheEndOfASessionIsTold) {
  Gateway gateway({{"RIG_LONGPOLLING_IDLE_TIMEOUT", "1s"}});
  LongPollClient client(gateway.inbound(), {"t"});
  ASSERT_TRUE(eventually(
      [&] { return gateway.metric("rig_connections", {{"transport", "longpolling"}}) == 0; }));
  EXPECT_EQ(client.request(long_poll_request()).body, "\"ok\"");
  EXPECT_THAT(client.poll().types(), ::testing::Contains("rig.gap"));
}

TEST(Quirk, Q9_APollIsAnsweredWhenAnEventComes) {
  Gateway gateway({{"RIG_LONGPOLLING_WAIT", "1h"}});
  LongPollClient client(gateway.inbound(), {"t"});
  client.send_poll();
  Publisher(gateway.api()).event("t", "1");
  EXPECT_THAT(client.read_poll().types(), ::testing::ElementsAre("t"));
}

TEST(Quirk, Q11_MistakesInAPutAreNot500) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"t"});
  const auto status_of = [&](HttpHeaders headers, std::string body, const std::string& token) {
    auto put = put_subscriptions(token, "[]");
    put.headers = std::move(headers);
    put.body = std::move(body);
    return fetch(gateway.inbound(), put).status;
  };
  const std::string empty = R"({"subscriptions":[]})";
  EXPECT_EQ(status_of({}, empty, client.token()), 415);
  EXPECT_EQ(status_of({{"content-type", ";;;/"}}, empty, client.token()), 415);
  const HttpHeaders json{{"content-type", "application/json"}};
  EXPECT_EQ(status_of({json.front(), {"accept", ";;;/"}}, empty, client.token()), 406);
  EXPECT_EQ(status_of(json, R"({"subscriptions":{}})", client.token()), 400);
  EXPECT_EQ(status_of(json, empty, "YWJj"), 400);
  Publisher(gateway.api()).event("t", "1");
  EXPECT_EQ(client.next_event().type, "t") << "nothing has changed";
}

TEST(Quirk, Q11_MistakesOfProducersAreNot500) {
  Gateway gateway;
  const auto status_of = [&](HttpHeaders headers, std::string body) {
    return fetch(gateway.inbound(), {.method = "POST",
                                     .target = "/_rig/v1/events",
                                     .headers = std::move(headers),
                                     .body = std::move(body)})
        .status;
  };
  EXPECT_THAT(status_of({}, "{}"), AnyOf(400, 415));
  EXPECT_THAT(status_of({{"content-type", ""}}, "{}"), AnyOf(400, 415));
  EXPECT_THAT(status_of({{"content-type", ";;;/"}}, "{}"), AnyOf(400, 415));
  EXPECT_THAT(status_of({{"content-type", "json"}}, "{}"), AnyOf(400, 415));
  for (const auto* body : {"[]", "\"a\"", "5", "null", ""})
    EXPECT_EQ(status_of({{"content-type", "application/json"}}, body), 400) << body;
  const HttpHeaders binary{
      {"ce-specversion", "0.2"}, {"ce-type", "t"}, {"ce-source", "/x"}, {"ce-id", "1"}};
  auto json = binary;
  json.emplace_back("content-type", "application/json");
  EXPECT_EQ(status_of(json, "{"), 400);
  auto text = binary;
  text.emplace_back("content-type", "text/plain");
  EXPECT_THAT(status_of(text, "\xFF\xFE"), AnyOf(202, 400));
  const auto long_type =
      R"({"specversion":"0.2","source":"/x","id":"1","type":")" + std::string(300, 'x') + "\"}";
  EXPECT_THAT(status_of({{"content-type", "application/json"}}, long_type), AnyOf(202, 400));
}

TEST(Quirk, Q12_WhatIsBrokenDoesNotGoOut) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"t", "fence"});
  const std::string start = R"({"specversion":"0.2","type":"t","source":"/x","id":"7")";
  for (const auto& body :
       {start + R"(,"data":{"a":)", start + "", start + R"(,"a":01})", start + "}}",
        std::string(R"({"specversion":"0.2","type":"t","source":"/x","id":7})"),
        std::string(R"({"specversion":"0.2","type":"t","source":"/x","id":null})"),
        std::string(R"({"specversion":"0.2","type":5,"source":"/x","id":"7"})"),
        std::string(R"({"specversion":"0.2","type":null,"source":"/x","id":"7"})"),
        std::string(R"({"specversion":"0.2","type":"","source":"/x","id":"7"})")}) {
    EXPECT_EQ(fetch(gateway.api(), publish_request(body)).status, 400) << body;
  }
  Publisher(gateway.api()).event("fence", "1");
  EXPECT_EQ(client.next_event().type, "fence");
}

TEST(Quirk, Q12_ControlCharactersInATypeAreRefusedAndDisconnectNobody) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"t"});
  for (const auto* type : {R"(t\nx)", R"(t\r\ndata: x)", R"(t\u0000)", R"(t\u007f)", R"(t\tx)"}) {
    EXPECT_EQ(fetch(gateway.api(), publish_request(event_json(type, "1"))).status, 400) << type;
  }
  Publisher(gateway.api()).event("t", "2");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "2");
}

// The last one counts, as in every JSON parser that a subscriber is likely to use.
TEST(Quirk, Q12_ADuplicateAttributeIsReadAsItsReceiversReadIt) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"first", "second"});
  const std::string twice =
      R"({"specversion":"1.0","type":"first","type":"second","source":"/x","id":"1"})";
  EXPECT_EQ(fetch(gateway.api(), publish_request(twice)).status, 202);
  Publisher(gateway.api()).event("first", "2");
  EXPECT_EQ(client.next_event().type, "second");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "2");
}

TEST(Quirk, Q13_LongTypesDoNotStopTheGateway) {
  Gateway gateway;
  const std::string type(300, 'x');
  for (int i = 0; i < 8; ++i) {
    RawSocket socket(gateway.inbound());
    socket.send(to_bytes(sse_request(subscriptions_to({type + std::to_string(i)}))));
    EXPECT_THAT(read_reply_head(socket).status, AnyOf(200, 400));
    EXPECT_THAT(
        fetch(gateway.api(), publish_request(event_json(type + std::to_string(i), "1"))).status,
        AnyOf(202, 400));
  }
  SseClient client(gateway.inbound(), {"t"});
  Publisher(gateway.api()).event("t", "1");
  EXPECT_EQ(client.next_event().type, "t");
}

TEST(Quirk, Q13_TypesThatCameAndWentTakeNoMemory) {
  Gateway gateway;
  const auto a_round_of_types = [&](int round) {
    HttpClient producer(gateway.api());
    for (int i = 0; i < 1000; ++i) {
      const auto type =
          "once." + std::to_string(round) + "." + std::to_string(i) + std::string(150, 'x');
      ASSERT_EQ(producer.request(publish_request(event_json(type, "1"))).status, 202);
    }
    SseClient client(gateway.inbound(),
                     {"once." + std::to_string(round), "twice." + std::to_string(round)});
  };
  a_round_of_types(0);
  const auto before = gateway.resident_memory();
  for (int round = 1; round < 5; ++round) a_round_of_types(round);
  EXPECT_LT(gateway.resident_memory(), before + (16U << 20U) + kMemoryKeptBack);
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_subscriptions_total") == 0; }));
}

TEST(Quirk, Q14_VersionOneAndBatchesAreServed) {  // O4 too
  Gateway gateway;
  SseClient client(gateway.inbound(), {"t"});
  const auto event = event_json("t", "1");
  EXPECT_EQ(fetch(gateway.api(), publish_request(event)).status, 202);
  EXPECT_EQ(client.next_event().data, event);
  EXPECT_EQ(
      fetch(gateway.api(), publish_request("[" + event + "]", "application/cloudevents-batch+json"))
          .status,
      202);
  EXPECT_TRUE(same_json(client.next_event().data, event));
}

TEST(Quirk, Q14_AJsonContentTypeDoesNotDisableExtraction) {
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  SseClient client(gateway.inbound(), sse_request(R"([{"eventType":"t","oneOf":[{"name":"x"}]}])"));
  client.read_greeting();
  Publisher publisher(gateway.api());
  publisher.structured(
      R"({"specversion":"0.2","type":"t","source":"/x","id":"1","contenttype":"application/json","data":{"name":"x"}})");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "1");
  publisher.structured(
      R"({"specversion":"1.0","type":"t","source":"/x","id":"2","datacontenttype":"application/vnd.acme+json","data":{"name":"x"}})");
  EXPECT_EQ(json_at(client.next_event().data, "/id"), "2");
}

TEST(Quirk, Q15_ErrorsNeverEchoCredentials) {
  Gateway gateway({{"LOG_LEVEL", "debug"}});
  const auto body_of = [&](std::string target, HttpHeaders headers, std::string body) {
    headers.emplace_back("authorization", "Bearer top-secret");
    headers.emplace_back("cookie", "session=top-secret");
    return fetch(gateway.inbound(), {.method = "POST",
                                     .target = std::move(target),
                                     .headers = std::move(headers),
                                     .body = std::move(body)})
        .body;
  };
  const std::string events = "/_rig/v1/events";
  EXPECT_THAT(body_of(events, {{"content-type", "text/plain"}, {"ce-specversion", "0.2"}}, "x"),
              Not(HasSubstr("top-secret")));
  EXPECT_THAT(
      body_of(events, {{"content-type", "text/plain"}, {"ce-specversion", "top-secret"}}, "x"),
      Not(HasSubstr("top-secret")));
  EXPECT_THAT(body_of(events, {{"content-type", "application/json"}},
                      R"({"specversion":"0.2","token":"top-secret"})"),
              Not(HasSubstr("top-secret")));
  EXPECT_THAT(body_of("/nothing", {}, ""), Not(HasSubstr("top-secret")));
  EXPECT_THAT(body_of(std::string(kSsePath), {}, ""), Not(HasSubstr("top-secret")));
  gateway.stop();  // O23: and neither does the log
  EXPECT_THAT(gateway.process().standard_output() + gateway.process().standard_error(),
              Not(HasSubstr("top-secret")));
}

TEST(Quirk, Q16_ErrorsOfStreamsCanBeReadByPages) {
  Gateway gateway;
  const auto reply =
      fetch(gateway.inbound(), {.target = std::string(kSsePath) + "?subscriptions=x"});
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_EQ(reply.header("access-control-allow-credentials"), std::nullopt);
}

TEST(Quirk, Q16_APagesAuthorizationHeaderIsAllowedWhenPublishing) {
  Gateway gateway;
  const auto reply = fetch(
      gateway.inbound(),
      {.method = "OPTIONS",
       .target = "/_rig/v1/events",
       .headers = {{"origin", "https://a.example"}, {"access-control-request-method", "POST"}}});
  std::string allowed = reply.header("access-control-allow-headers").value_or("");
  for (auto& c : allowed) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_THAT(allowed, HasSubstr("authorization"));
}

TEST(Quirk, Q16_CredentialsAndAnyOriginNeverGoTogether) {
  for (const auto* origin : {"*", "https://a.example"}) {
    Gateway gateway({{"CORS", origin}});
    const auto reply = fetch(gateway.inbound(), long_poll_request());
    EXPECT_EQ(reply.header("access-control-allow-origin"), origin);
    EXPECT_EQ(reply.header("access-control-allow-credentials").has_value(),
              std::string(origin) != "*");
  }
}

TEST(Quirk, Q17_OnlyGetOpensAStream) {
  Gateway gateway;
  for (const auto* method : {"POST", "PUT", "DELETE", "PATCH"}) {
    const auto reply =
        fetch(gateway.inbound(), {.method = method, .target = std::string(kSsePath)});
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_THAT(reply.header("allow").value_or(""), HasSubstr("GET")) << method;
  }
  const auto preflight =
      fetch(gateway.inbound(), {.method = "OPTIONS", .target = std::string(kSsePath)});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(gateway.metric("rig_connections", {{"transport", "sse"}}), 0);
}

TEST(Quirk, Q17_AWebSocketIsRefusedBeforeTheUpgradeWithTheReason) {
  Gateway gateway;
  const auto reply = fetch(gateway.inbound(), ws_request("[{}]"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("event-type not found"));
  EXPECT_EQ(gateway.metric("rig_connections", {{"transport", "ws"}}), 0);
}

TEST(Quirk, Q18_TheAnswerToAProducerIsAnObject) {
  Gateway gateway;
  const auto event = event_json("t", "1");
  EXPECT_THAT(fetch(gateway.api(), publish_request(event)).body, StartsWith("{"));
}

TEST(Quirk, Q19_ForwardedEventsAreCountedAtEveryLogLevel) {
  Gateway gateway({{"LOG_LEVEL", "warn"}});
  SseClient one(gateway.inbound(), {"t"});
  SseClient two(gateway.inbound(), {"t"});
  Publisher publisher(gateway.api());
  publisher.event("t", "1");
  publisher.event("unwanted", "2");
  (void)one.next_event();
  (void)two.next_event();
  EXPECT_EQ(gateway.metric("rig_consumed_events_forwarded_total", {{"type", "t"}}), 1);
  EXPECT_EQ(gateway.metric("rig_consumed_events_forwarded_total"), 1);
}

// That the service decides alone and its URL is kept:
// ServiceCheck.IsAskedByPostWithTheClientsOwnWords.
TEST(Quirk, Q20_ATokenInAQueryIsInNoLine) {
  Gateway gateway({{"LOG_LEVEL", "debug"}, {"JWT_SECRET_KEY", std::string(kTokenSecret)}});
  auto request = sse_request(subscriptions_to({"t"}));
  request.target += "&jwt=" + session_token("s");
  SseClient client(gateway.inbound(), request);
  client.read_greeting();
  for (const auto path : {kSsePath, kLongPollPath, std::string_view("/nothing")}) {
    const auto reply = fetch(gateway.inbound(), {.target = std::string(path) + "?jwt=top-secret"});
    EXPECT_THAT(reply.status, AnyOf(401, 404)) << path;
  }
  const HttpRequest not_http{.method = "GE T", .target = "/?jwt=top-secret"};
  EXPECT_EQ(fetch(gateway.inbound(), not_http).status, 400);
  gateway.stop();  // which looks for the token that is valid
  EXPECT_THAT(gateway.process().standard_output() + gateway.process().standard_error(),
              Not(HasSubstr("top-secret")));
}

TEST(Quirk, Q21_AnEmptyKeyVerifiesNothing) {
  Gateway gateway({{"JWT_SECRET_KEY", ""}});
  auto request = sse_request(subscriptions_to({"t"}));
  request.target += "&jwt=" + token_of(R"({"exp":99999999999})", "");
  const auto reply = fetch(gateway.inbound(), request);
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(json_at(reply.body, "/reason"), "token_no_keys");
}

TEST(Quirk, Q21_TheGatewaysOwnTypesCannotBeForged) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"rig.session_killed", "rig.subscriptions_set", "fence"});
  for (const auto* type : {"rig.session_killed", "rig.subscriptions_set", "rig.x"}) {
    const auto status = fetch(gateway.api(), publish_request(event_json(type, "1"))).status;
    EXPECT_THAT(status, AnyOf(400, 403)) << type;
  }
  Publisher(gateway.api()).event("fence", "1");
  EXPECT_EQ(client.next_event().type, "fence");
}

TEST(Quirk, Q22_BodiesAndSubscriptionsHaveLimits) {
  Gateway gateway;
  EXPECT_EQ(fetch(gateway.api(), publish_request(std::string(2U << 20U, ' '))).status, 413);
  EXPECT_EQ(fetch(gateway.inbound(),
                  {.target = std::string(kSsePath) + "?subscriptions=" + std::string(10'000, '%')})
                .status,
            414);
}

TEST(Quirk, Q22_SubscriptionsPerConnectionHaveALimit) {
  Gateway gateway({{"RIG_SUBSCRIPTIONS_MAX", "2"}});
  EXPECT_EQ(fetch(gateway.inbound(), sse_request(subscriptions_to({"a", "b", "c"}))).status, 400);
  SseClient allowed(gateway.inbound(), {"a", "b"});
}

TEST(Quirk, Q22_MessagesOnAWebSocketHaveALimit) {
  Gateway gateway({{"RIG_WS_MESSAGE_BYTES_MAX", "1KiB"}});
  WsClient client(gateway.inbound(), {"t"});
  client.send_text(ws_subscriptions("[]") + std::string(1000 - 20, ' '));
  EXPECT_EQ(client.next_event().type, "rig.subscriptions_set");
  client.send_text(std::string(1025, ' '));
  client.expect_close(1009);
}

TEST(Quirk, O1_EmptyBrokerListsMeanOff) {
  Gateway gateway({{"KAFKA_BROKERS", ""}, {"NATS_SERVERS", ""}});
  EXPECT_EQ(fetch(gateway.api(), {.target = "/health"}).status, 200);
}

TEST(Quirk, O2_EverySettingIsCheckedAtTheStart) {
  const auto output = output_of_failed_start(
      {{"INBOUND_PORT", "abc"}, {"LOG_LEVEL", "loud"}, {"RIG_HEARTBEAT_INTERVAL", "soon"}});
  EXPECT_THAT(output, HasSubstr("INBOUND_PORT"));
  EXPECT_THAT(output, HasSubstr("LOG_LEVEL"));
  EXPECT_THAT(output, HasSubstr("RIG_HEARTBEAT_INTERVAL"));
}

// The ports on which the process listens, from the kernel's tables.
std::set<int> listening_ports(pid_t pid) {
  std::set<std::string> inodes;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry, gone).string();
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  std::set<int> ports;
  for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::istringstream lines(read_file(table));
    std::string line;
    while (std::getline(lines, line)) {
      std::istringstream columns(line);
      std::vector<std::string> column;
      for (std::string text; columns >> text;) column.push_back(text);
      if (column.size() < 10 || column[3] != "0A" || !inodes.contains(column[9])) continue;
      ports.insert(std::stoi(column[1].substr(column[1].find(':') + 1), nullptr, 16));
    }
  }
  return ports;
}

TEST(Quirk, O13_ThereIsNoSecondMetricsPort) {
  Gateway gateway;
  EXPECT_EQ(listening_ports(gateway.process().pid()),
            (std::set<int>{gateway.inbound(), gateway.api()}));
  EXPECT_EQ(gateway.process().standard_error(), "");
}

TEST(Quirk, O14_MetricsThatAreOffAreNotFound) {
  Gateway gateway({{"PROMETHEUS_METRICS_ENABLED", "false"}});
  EXPECT_EQ(fetch(gateway.api(), {.target = "/metrics"}).status, 404);
  SseClient client(gateway.inbound(), {"t"});
  Publisher(gateway.api()).event("t", "1");
  EXPECT_EQ(client.next_event().type, "t");
  gateway.process().signal(SIGTERM);
  gateway.expect_exit(0);
}

TEST(Quirk, O14_CountingLogsNoErrors) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"t"});
  Publisher(gateway.api()).event("t", "1");
  (void)client.next_event();
  gateway.stop();
  EXPECT_THAT(gateway.process().standard_output(), Not(HasSubstr("\"severity\":\"error\"")));
}

TEST(Quirk, O15_EventsByHttpAreCounted) {
  Gateway gateway;
  const auto consumed = [&] {
    return gateway.metric("rig_consumed_events_total", {{"source", "http"}});
  };
  const auto failed = [&] {
    return gateway.metric("rig_consumed_events_failed_total", {{"source", "http"}});
  };
  Publisher(gateway.api()).event("t", "1");
  Publisher(gateway.inbound(), "/_rig/v1/events").event("t", "2");
  EXPECT_EQ(consumed(), 2);
  EXPECT_EQ(failed(), 0);
  EXPECT_EQ(fetch(gateway.api(), publish_request("{}")).status, 400);
  EXPECT_EQ(consumed(), 3);
  EXPECT_EQ(failed(), 1);
}

TEST(Quirk, O15_TheSubscriptionGaugeComesBackToZero) {  // D9 too
  Gateway gateway({{"EXTRACTORS", kExtractors}});
  const auto gauge = [&] { return gateway.metric("rig_subscriptions_total"); };
  {
    SseClient client(
        gateway.inbound(),
        sse_request(
            R"([{"eventType":"t","oneOf":[{"name":"a"},{"name":"b"},{"name":"c"}]},{"eventType":"u"}])"));
    client.read_greeting();
    EXPECT_TRUE(eventually([&] { return gauge() == 2; })) << gauge();
  }
  EXPECT_TRUE(eventually([&] { return gauge() == 0; })) << gauge();
}

TEST(Quirk, D4_AnUnknownLogLevelStopsTheStart) {
  EXPECT_THAT(output_of_failed_start({{"LOG_LEVEL", "loud"}}), HasSubstr("LOG_LEVEL"));
}

TEST(Quirk, D7_AHundredFreshTypesAreInForceWhenConfirmed) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  std::vector<std::string> types;
  for (int i = 0; i < 100; ++i) types.push_back("d7." + std::to_string(i));
  SseClient client(gateway.inbound(), sse_request(subscriptions_to(types)));
  client.read_greeting();
  for (const auto& type : types) {
    Publisher(gateway.api()).event(type, "1");
    ASSERT_EQ(client.next_event().type, type);
  }
}

}  // namespace
}  // namespace testkit

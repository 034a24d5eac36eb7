// Endpoints whose target is a broker (contract: proxy.md 5): what is published, what the client
// gets, and who waits for what. The gateway is the real one with a fake broker, linked as any
// module from outside would be.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kEvent = R"({"specversion":"0.2","type":"cart.add","source":"/ui","id":"42"})";
const std::vector<std::string> kTargets{"kafka", "kinesis", "nats"};

/// POST, and OPTIONS, on /TARGET/TOPIC for that topic.
std::string routes(const std::string& target, const std::string& topic,
                   const std::string& more = "") {
  const auto id = target + "-" + topic;
  const auto path = "/" + target + "/" + topic;
  const auto members = R"(,"target":")" + target + R"(","topic":")" + topic + '"' + more;
  return endpoint(id, "POST", path, members) + "," +
         endpoint(id + "-options", "OPTIONS", path, members);
}

class BrokerTargetsTest : public ::testing::Test {
 protected:
  Gateway& start(const std::string& endpoints, const Environment& settings = {},
                 const std::string& more = "") {
    gateway_.emplace(proxying(api_definition("a", 1, endpoints, more), settings),
                     RIG_WITH_FAKE_BROKER);
    return *gateway_;
  }
  HttpReply post(const std::string& path, const std::string& body, HttpHeaders headers = {}) {
    return fetch(gateway_->inbound(), {"POST", path, std::move(headers), body});
  }
  /// What the broker has, each as JSON.
  std::vector<std::string> published() {
    return json_items(fetch(gateway_->api(), {.target = "/fake-broker/messages"}).body, "");
  }
  std::string only_event() {
    const auto messages = published();
    EXPECT_THAT(messages, SizeIs(1));
    return messages.empty() ? "{}" : json_at(messages[0], "/text").value_or("{}");
  }
  double counted(const std::string& target, const std::string& status) {
    return gateway_->metric("rig_proxy_requests_total", {{"target", target}, {"status", status}});
  }
  /// The token of the only event, once it is there.
  std::string correlation() {
    EXPECT_TRUE(eventually([this] { return !published().empty(); }));
    return json_at(only_event(), "/rig/correlation").value_or("");
  }
  HttpReply answer(const std::string& correlation, const std::string& code,
                   const std::string& body) {
    return fetch(gateway_->api(), {"POST",
                                   "/v3/responses",
                                   {{"rig-correlation", correlation},
                                    {"rig-response-code", code},
                                    {"content-type", "text/x-answer"}},
                                   body});
  }

  std::optional<Gateway> gateway_;
};

void expect_cors(const HttpReply& reply) {
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_EQ(reply.header("access-control-allow-methods"), "*");
  EXPECT_EQ(reply.header("access-control-allow-headers"), "content-type,authorization");
}

// Vector 13, and 5.1.
TEST_F(BrokerTargetsTest, Vector13RequestIsAnEventWithWhatIsKnownAboutIt) {
  start(endpoint("e", "POST", "/shops/([0-9]+)/cart",
                 R"(,"target":"kafka","topic":"orders","schema":"orders-value",)"
                 R"("path_replacement":"/cart/\\1","transform_request_headers":true)"),
        {}, "");
  const auto reply =
      post("/shops/7/cart?a=1&b=%20",
           R"({"specversion":"0.2","n":1.50,"rig":{"target_partition":"k","x":1}})",
           {{"Host", "shop.example:8080"},
            {"X-Twice", "1"},
            {"x-twice", "2"},
            {"authorization", "Bearer secret"},
            {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
            {"tracestate", "a=b"}});
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, "Accepted.");
  expect_cors(reply);

  const auto messages = published();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(json_at(messages[0], "/target"), "kafka");
  EXPECT_EQ(json_at(messages[0], "/topic"), "orders");
  EXPECT_EQ(json_at(messages[0], "/schema"), "orders-value");
  EXPECT_EQ(json_at(messages[0], "/key"), "k");
  const auto event = only_event();
  EXPECT_THAT(event, StartsWith(R"({"specversion":"0.2","n":1.50,"rig":{)"));
  EXPECT_EQ(json_at(event, "/traceparent"),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(json_at(event, "/tracestate"), "a=b");
  EXPECT_EQ(json_at(event, "/rig/remoteip"), "127.0.0.1");
  EXPECT_EQ(json_at(event, "/rig/scheme"), "http");
  EXPECT_EQ(json_at(event, "/rig/host"), "shop.example");
  EXPECT_EQ(json_at(event, "/rig/port"), "8080");
  EXPECT_EQ(json_at(event, "/rig/method"), "POST");
  EXPECT_EQ(json_at(event, "/rig/path"), "/cart/7");
  EXPECT_EQ(json_at(event, "/rig/query"), "a=1&b=%20");
  EXPECT_FALSE(json_at(event, "/rig/x"));
  EXPECT_NE(json_at(event, "/rig/correlation").value_or(""), "");
  const auto headers = json_items(event, "/rig/headers");
  EXPECT_THAT(headers, ::testing::IsSupersetOf({R"(["authorization","Bearer secret"])",
                                                R"(["host","shop.example:8080"])",
                                                R"(["x-twice","1, 2"])"}));
  EXPECT_TRUE(std::ranges::is_sorted(headers));
}

TEST_F(BrokerTargetsTest, HeaderAdditionsComeFirst) {
  gateway_.emplace(
      proxying(R"({"id":"a","name":"N","proxy":{"target_url":"localhost","port":1},)"
               R"("version_data":{"default":{"transform_request_headers":)"
               R"({"add_headers":{"X-Gateway":"rig"}},"endpoints":[)" +
               endpoint("e", "POST", "/x",
                        R"(,"target":"kinesis","topic":"t","transform_request_headers":true)") +
               "]}}}"),
      RIG_WITH_FAKE_BROKER);
  EXPECT_EQ(post("/x", kEvent, {{"x-gateway", "forged"}}).status, 202);
  const auto event = only_event();
  EXPECT_THAT(event, AllOf(HasSubstr(R"(["x-gateway","rig"])"), Not(HasSubstr("forged"))));
}

// P18: credentials are published, unless the operator does not want it.
TEST_F(BrokerTargetsTest, QuirkP18CredentialsAreRedactedIfConfigured) {
  const auto token = session_token("s");
  start(endpoint("e", "POST", "/x", R"(,"target":"kafka","topic":"t","secured":true)"),
        {{"RIG_PROXY_MESSAGE_REDACT", "true"}, {"JWT_SECRET_KEY", std::string(kTokenSecret)}},
        R"(,"auth_type":"jwt","auth":{"use_header":true,"header_name":"X-Token"})");
  EXPECT_EQ(post("/x", kEvent, {{"x-token", token}, {"Cookie", "id=secret"}}).status, 202);
  EXPECT_THAT(only_event(), AllOf(Not(HasSubstr("secret")), Not(HasSubstr(token)),
                                  HasSubstr(R"(["cookie","[redacted]"])"),
                                  HasSubstr(R"(["x-token","[redacted]"])")));
}

TEST_F(BrokerTargetsTest, RulesOfItsRouteHoldForEventsToo) {
  start(
      endpoint("e", "POST", "/x",
               R"(,"target":"kafka","topic":"t","secured":true,"required_claims":{"role":"admin"},)"
               R"("rate_limit":{"requests":2,"per":"24h"})"),
      {{"JWT_SECRET_KEY", std::string(kTokenSecret)}},
      R"(,"auth_type":"jwt","claim_headers":{"x-user":"sub"})");
  const auto as = [&](const std::string& role) {
    const auto token = session_token("s", R"("sub":"joe","role":")" + role + '"');
    return post("/x", kEvent, {{"authorization", "Bearer " + token}, {"X_User", "root"}}).status;
  };
  EXPECT_EQ(as("user"), 403);
  EXPECT_EQ(as("admin"), 202);
  EXPECT_EQ(as("admin"), 429);
  EXPECT_THAT(only_event(), AllOf(HasSubstr(R"(["x-user","joe"])"), Not(HasSubstr("root"))));
}

TEST_F(BrokerTargetsTest, NatsEventsHaveNoTrace) {
  start(routes("nats", "t"));
  EXPECT_EQ(post("/nats/t", kEvent, {{"traceparent", "00-1-2-01"}}).status, 202);
  EXPECT_FALSE(json_at(only_event(), "/traceparent"));
}

// Vector 12, and 5.2.
TEST_F(BrokerTargetsTest, Vector12OptionsIsAnsweredByTheGateway) {
  start(routes("kafka", "t") + "," + routes("kinesis", "t") + "," + routes("nats", "t"));
  for (const auto& target : kTargets) {
    const auto reply = fetch(gateway_->inbound(), {"OPTIONS", "/" + target + "/t"});
    EXPECT_EQ(reply.status, 204) << target;
    EXPECT_EQ(reply.body, "");
    expect_cors(reply);
    EXPECT_EQ(counted(target, "ok"), target == "nats" ? 0 : 1) << target;
  }
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(BrokerTargetsTest, BodyThatIsNoEventIsRefused) {
  start(routes("kafka", "t") + "," + routes("kinesis", "t") + "," + routes("nats", "t"));
  const auto first_line = [this](const std::string& target, const std::string& body) {
    const auto reply = post("/" + target + "/t", body);
    EXPECT_EQ(reply.status, 400) << target << " " << body;
    EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain"));
    EXPECT_THAT(reply.body, HasSubstr("\n\n# Usage\n\n"));
    expect_cors(reply);
    return reply.body.substr(0, reply.body.find('\n'));
  };
  for (const std::string target : {"kafka", "kinesis"}) {
    EXPECT_EQ(first_line(target, ""), "Bad request: expected a JSON encoded request body.");
    EXPECT_EQ(first_line(target, "{"), "Bad request: expected a JSON encoded request body.");
    EXPECT_EQ(first_line(target, "{}"), "Bad request: the body does not look like a CloudEvent.");
    EXPECT_EQ(first_line(target, "[]"), "Bad request: the body does not look like a CloudEvent.");
    EXPECT_EQ(first_line(target, R"({"specversion":"1.0","rig":{"target_partition":1}})"),
              "Bad request: rig.target_partition must be a string.");
    EXPECT_EQ(counted(target, "bad_request"), 5);
  }
  EXPECT_THAT(first_line("nats", "{"), StartsWith("Bad request: The body is not JSON encoded ("));
  EXPECT_EQ(first_line("nats", "{}"),
            "Bad request: The body is a valid JSON object but does not look like a CloudEvent.");
  EXPECT_EQ(counted("nats", "bad_request"), 2);
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(BrokerTargetsTest, BodyIsLimited) {
  start(routes("kafka", "t"), {{"RIG_PROXY_MESSAGE_BYTES_MAX", "100"}});
  const auto event = [](std::size_t bytes) {
    return R"({"specversion":"1.0","data":")" + std::string(bytes - 31, 'x') + "\"}";
  };
  ASSERT_EQ(event(100).size(), 100U);
  EXPECT_EQ(post("/kafka/t", event(100)).status, 202);
  const auto reply = post("/kafka/t", event(101));
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("RIG_PROXY_MESSAGE_BYTES_MAX"));
  RawSocket client(gateway_->inbound());
  client.send("POST /kafka/t HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n65\r\n" +
              event(101) + "\r\n0\r\n\r\n");
  EXPECT_EQ(read_reply(client).status, 413);
  EXPECT_THAT(published(), SizeIs(1));
}

TEST_F(BrokerTargetsTest, ChunksAndLaterRequestsOfAConnectionAreTaken) {
  start(routes("kafka", "t"));
  HttpClient client(gateway_->inbound());
  for (int i = 0; i < 2; ++i) {
    client.socket().send(
        "POST /kafka/t HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
        "4\r\n{\"sp\r\n13\r\necversion\":\"1.0\"  }\r\n0\r\n\r\n");
    EXPECT_EQ(read_reply(client.socket(), "POST").status, 202);
  }
  EXPECT_THAT(published(), SizeIs(2));
}

// O6: a broker that fails is no 202.
TEST_F(BrokerTargetsTest, QuirkO6FailureOfTheBrokerIsTold) {
  std::string endpoints;
  for (const auto& target : kTargets) {
    for (const auto* topic : {"down", "refusing"})
      endpoints.append(endpoints.empty() ? "" : ",").append(routes(target, topic));
  }
  start(endpoints);
  for (const auto& target : kTargets) {
    const auto down = post("/" + target + "/down", kEvent);
    EXPECT_EQ(down.status, 503) << target;
    EXPECT_EQ(down.header("retry-after"), "1");
    expect_cors(down);
    EXPECT_EQ(post("/" + target + "/refusing", kEvent).status, 502) << target;
    EXPECT_EQ(counted(target, "unreachable"), 2) << target;
  }
  gateway_->stop();
  const auto lines =
      log_lines(gateway_->process().standard_output(), "a broker does not take a request");
  ASSERT_THAT(lines, SizeIs(6));
  EXPECT_EQ(json_at(lines[0], "/metadata/endpoint"), "kafka-down");
  EXPECT_EQ(json_at(lines[0], "/metadata/topic"), "down");
  EXPECT_EQ(json_at(lines[0], "/metadata/reason"), "it is down");
}

// 5.3: only the broker itself is waited for; all else that goes to a broker is accepted.
TEST_F(BrokerTargetsTest, NobodyWaitsUnlessTheBrokerAnswers) {
  start(routes("kafka", "t", R"(,"response_from":"http")") + "," + routes("kinesis", "t") + "," +
        routes("nats", "silent"));
  EXPECT_EQ(post("/kafka/t", kEvent).status, 202);
  EXPECT_EQ(post("/kinesis/t", kEvent).status, 202);
  EXPECT_EQ(post("/nats/silent", kEvent).status, 202);
  for (const auto& target : kTargets) EXPECT_EQ(counted(target, "ok"), 1);
  const auto events = published();
  ASSERT_THAT(events, SizeIs(3));
  const auto text = json_at(events[0], "/text").value_or("{}");
  EXPECT_EQ(answer(json_at(text, "/rig/correlation").value_or(""), "200", "x").status, 410);
}

// 5.3: while a client waits for Kafka, its token is good at the management port too.
TEST_F(BrokerTargetsTest, KafkaClientWaitsForTheAnswerToItsToken) {
  start(routes("kafka", "t", R"(,"response_from":"kafka")"),
        {{"PROXY_KAFKA_RESPONSE_TIMEOUT", "60s"}});
  RawSocket client(gateway_->inbound());
  client.send(to_bytes({.method = "POST", .target = "/kafka/t", .body = kEvent}));
  EXPECT_EQ(answer(correlation(), "201", "made").status, 202);
  const auto reply = read_reply(client, "POST");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "made");
  EXPECT_EQ(reply.header("content-type"), "text/x-answer");
  expect_cors(reply);
  EXPECT_EQ(counted("kafka", "ok"), 1);
}

// 5.4: the answer is a message of the broker, its headers by a list; it may be there before the
// broker has said that it took the request.
TEST_F(BrokerTargetsTest, KafkaClientGetsTheAnswerThatTheConsumerReads) {
  const std::string awaited = R"(,"response_from":"kafka")";
  start(routes("kafka", "answering", awaited) + "," + routes("kafka", "quick", awaited));
  for (const auto* path : {"/kafka/answering", "/kafka/quick"}) {
    const auto reply = post(path, kEvent);
    EXPECT_EQ(reply.status, 201) << path;
    EXPECT_EQ(reply.body, "[1e3]");
    EXPECT_EQ(reply.header("content-type"), "text/x-answer");
    EXPECT_EQ(reply.header("x-more"), "1");
    EXPECT_THAT(reply.all("partition"), IsEmpty());
    EXPECT_THAT(reply.all("rig-correlation"), IsEmpty());
    expect_cors(reply);
  }
  EXPECT_EQ(gateway_->metric("rig_proxy_answers_total", {{"result", "delivered"}}), 2);
}

TEST_F(BrokerTargetsTest, Vector11KafkaAnswerThatDoesNotCome) {
  start(routes("kafka", "t", R"(,"response_from":"kafka")"),
        {{"PROXY_KAFKA_RESPONSE_TIMEOUT", "300ms"}});
  const auto reply = post("/kafka/t", kEvent);
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, "");
  expect_cors(reply);
  EXPECT_EQ(counted("kafka", "response_timeout"), 1);
  EXPECT_EQ(answer(correlation(), "200", "late").status, 410);
}

TEST_F(BrokerTargetsTest, NobodyWaitsForAClientThatHasLeft) {
  start(routes("kafka", "t", R"(,"response_from":"kafka")"),
        {{"PROXY_KAFKA_RESPONSE_TIMEOUT", "60s"}});
  const auto clients = [this] {
    return gateway_->metric("rig_connections", {{"transport", "http"}});
  };
  RawSocket client(gateway_->inbound());
  client.send(to_bytes({.method = "POST", .target = "/kafka/t", .body = kEvent}));
  const auto token = correlation();
  EXPECT_TRUE(eventually([&] { return clients() == 2; }));
  client.close();
  EXPECT_TRUE(eventually([&] { return clients() == 1; }));  // who asks for it
  EXPECT_EQ(answer(token, "200", "too late").status, 410);
}

// A broker that does not even take the message leaves nobody waiting.
TEST_F(BrokerTargetsTest, NobodyWaitsForAMessageThatWasNotTaken) {
  start(routes("kafka", "down", R"(,"response_from":"kafka")"),
        {{"PROXY_KAFKA_RESPONSE_TIMEOUT", "60s"}});
  EXPECT_EQ(post("/kafka/down", kEvent).status, 503);
}

TEST_F(BrokerTargetsTest, NatsClientGetsTheReply) {
  const std::string awaited = R"(,"response_from":"nats")";
  start(routes("nats", "replying", awaited) + "," + routes("nats", "creating", awaited) + "," +
        routes("nats", "down", awaited));
  const auto reply = post("/nats/replying", kEvent);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(json_at(reply.body, "/type"), "cart.add");
  EXPECT_EQ(json_at(reply.body, "/rig/path"), "/nats/replying");
  expect_cors(reply);
  const auto made = post("/nats/creating", kEvent);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("content-type"), "text/x-reply");
  EXPECT_EQ(made.header("x-more"), "1");
  EXPECT_EQ(post("/nats/down", kEvent).status, 503);
  EXPECT_EQ(counted("nats", "ok"), 2);
}

TEST_F(BrokerTargetsTest, NatsReplyThatDoesNotCome) {
  start(routes("nats", "silent", R"(,"response_from":"nats")"),
        {{"PROXY_NATS_RESPONSE_TIMEOUT", "300ms"}});
  const auto reply = post("/nats/silent", kEvent);
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, "Timed out while waiting for the response.");
  expect_cors(reply);
  EXPECT_EQ(counted("nats", "response_timeout"), 1);
}

TEST_F(BrokerTargetsTest, SecuredEndpointWantsAToken) {
  start(endpoint("e", "POST", "/x", R"(,"target":"kafka","topic":"t","secured":true)"),
        {{"JWT_SECRET_KEY", std::string(kTokenSecret)}}, R"(,"auth_type":"jwt")");
  EXPECT_EQ(post("/x", kEvent).status, 401);
  EXPECT_THAT(published(), IsEmpty());
}

TEST_F(BrokerTargetsTest, GatewayEndsWhileClientsWait) {
  start(routes("nats", "silent", R"(,"response_from":"nats")") + "," +
            routes("kafka", "t", R"(,"response_from":"kafka")"),
        {{"RIG_DRAIN_TIMEOUT", "100ms"}});
  RawSocket nats(gateway_->inbound());
  nats.send(to_bytes({.method = "POST", .target = "/nats/silent", .body = kEvent}));
  RawSocket kafka(gateway_->inbound());
  kafka.send(to_bytes({.method = "POST", .target = "/kafka/t", .body = kEvent}));
  EXPECT_TRUE(eventually([this] { return published().size() == 2; }));
}

// Definitions with a broker are taken by a gateway without one: it may be another node's.
TEST(WithoutBrokers, EndpointAnswers503AndTheLogSaysSoOnce) {
  Gateway gateway(proxying(api_definition("a", 1, routes("kafka", "t"))));
  const auto reply = fetch(gateway.inbound(), {"POST", "/kafka/t", {}, kEvent});
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("built without"));
  EXPECT_EQ(
      gateway.metric("rig_proxy_requests_total", {{"target", "kafka"}, {"status", "unreachable"}}),
      1);
  const auto more =
      api_definition("b", 1, endpoint("e", "POST", "/b", R"(,"target":"nats","topic":"t")"));
  EXPECT_EQ(fetch(gateway.api(), {"POST", "/v3/apis", {{"content-type", "application/json"}}, more})
                .status,
            201);
  gateway.stop();
  std::vector<std::string> named;
  for (const auto& line : log_lines(gateway.process().standard_output(),
                                    "an endpoint answers 503: this gateway is built without its "
                                    "target"))
    named.push_back(json_at(line, "/metadata/endpoint").value_or(""));
  EXPECT_THAT(named, ElementsAre("a/kafka-t", "b/e"));
}

}  // namespace
}  // namespace testkit

// Publishing over HTTP: every content mode and version, what subscribers get, and what is refused.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::string_literals;

// A gateway and a subscriber of the types "t" and "fence".
class Publishing : public ::testing::Test {
 protected:
  HttpReply post(HttpHeaders headers, std::string body, std::string path = "/v3/messages") {
    return fetch(gateway_.api(), {.method = "POST",
                                  .target = std::move(path),
                                  .headers = std::move(headers),
                                  .body = std::move(body)});
  }
  HttpReply structured(std::string body) {
    return post({{"content-type", "application/cloudevents+json"}}, std::move(body));
  }
  std::string delivered() { return subscriber_.next_event().data; }
  void expect_nothing_was_delivered() {
    Publisher(gateway_.api()).event("fence", "1");
    EXPECT_EQ(subscriber_.next_event().type, "fence");
  }

  Gateway gateway_;
  SseClient subscriber_{gateway_.inbound(), {"t", "fence"}};
};

TEST_F(Publishing, StructuredEventsAreDeliveredByteForByte) {
  for (
      const std::string event : {
          R"({"specversion":"1.0","type":"t","source":"/x","id":"1"})",
          R"({"specversion":"0.3","type":"t","source":"/x","id":"1","datacontentencoding":"base64","data":"aGk="})",
          R"({"specversion":"0.2","type":"t","source":"/x","id":"1","contenttype":"text/xml","data":"<much wow=\"xml\"/>"})",
          R"({"cloudEventsVersion":"0.1","eventType":"t","source":"/x","eventID":"1","eventTypeVersion":"3","extensions":{"a":1}})",
          R"( { "id" : "\u0031" , "type":"t","source":"\/x","comexample":{"deep":[1,2.50,1e400,123456789012345678901234567890]},"specversion":"1.0" } )",
          R"({"specversion":"1.0","type":"t","source":"/x","id":"1","data_base64":"AAEC","dataschema":"https://example.com/s","subject":"ü","time":"2026-01-02T03:04:05.678Z"})",
          R"({"specversion":"1.0","type":"t","source":"/x","id":"1","rig":{"correlation":"c"},"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","data":null})",
      }) {
    const auto reply = structured(event);
    ASSERT_EQ(reply.status, 202) << reply.body << event;
    EXPECT_EQ(delivered(), event);
  }
}

TEST_F(Publishing, TheAnswerIsTheEventAsAnObject) {
  const auto event = event_json("t", "1", R"({"a":[1,"b"]})");
  const auto reply = structured(event);
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
  EXPECT_TRUE(same_json(reply.body, event)) << reply.body;
}

TEST_F(Publishing, EveryPathTakesEvents) {
  for (const auto* path : {"/v3/messages", "/v2/messages"}) {
    EXPECT_EQ(post({{"content-type", "application/json"}}, event_json("t", path), path).status, 202)
        << path;
    EXPECT_EQ(json_at(delivered(), "/id"), path);
  }
  Publisher(gateway_.inbound(), "/_rig/v1/events").event("t", "inbound");
  EXPECT_EQ(json_at(delivered(), "/id"), "inbound");
}

TEST_F(Publishing, AnEventWithoutSubscribersIsAccepted) {
  EXPECT_EQ(structured(event_json("nobody.wants.this", "1")).status, 202);
}

TEST_F(Publishing, ContentTypesAreComparedWithoutCaseAndParameters) {
  for (const auto* type :
       {"application/cloudevents+json; charset=utf-8", "APPLICATION/CloudEvents+JSON;x=\"y;z\"",
        "application/json", "Application/Json;charset=UTF-8"}) {
    const auto reply = post({{"Content-Type", type}}, event_json("t", "1"));
    ASSERT_EQ(reply.status, 202) << type << reply.body;
    EXPECT_EQ(delivered(), event_json("t", "1")) << type;
  }
}

TEST_F(Publishing, StructuredModeIgnoresAttributesInHeaders) {
  const auto reply = post({{"content-type", "application/cloudevents+json"},
                           {"ce-specversion", "1.0"},
                           {"ce-type", "fence"},
                           {"ce-id", "9"}},
                          event_json("t", "1"));
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(delivered(), event_json("t", "1"));
}

TEST_F(Publishing, ABatchIsDeliveredInItsOrder) {
  const auto first = event_json("t", "1", "[ 1 ]");
  const std::string second = R"({"specversion":"0.2","type":"t","source":"/x","id":"2"})";
  const auto reply = post({{"content-type", "application/cloudevents-batch+json; charset=utf-8"}},
                          "[" + first + ",\n" + second + "]");
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_TRUE(same_json(reply.body, "[" + first + "," + second + "]")) << reply.body;
  EXPECT_TRUE(same_json(delivered(), first));
  EXPECT_TRUE(same_json(delivered(), second));
}

TEST_F(Publishing, ABatchWithOneBadEventIsRefusedAsAWhole) {
  const auto reply =
      post({{"content-type", "application/cloudevents-batch+json"}},
           "[" + event_json("t", "1") + R"(,{"specversion":"1.0","type":"t","id":"2"}])");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("source"));
  expect_nothing_was_delivered();
}

TEST_F(Publishing, AnEmptyBatchIsAccepted) {
  const auto reply = post({{"content-type", "application/cloudevents-batch+json"}}, "[]");
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(reply.body, "[]");
}

struct BinaryCase {
  const char* name;
  HttpHeaders headers;
  std::string body;
  std::string delivered;

  friend void PrintTo(const BinaryCase& binary, std::ostream* out) { *out << binary.name; }
};

class BinaryMode : public Publishing, public ::testing::WithParamInterface<BinaryCase> {};

TEST_P(BinaryMode, DeliversTheEventAsJson) {
  const auto reply = post(GetParam().headers, GetParam().body);
  ASSERT_EQ(reply.status, 202) << reply.body;
  const auto event = delivered();
  EXPECT_TRUE(same_json(event, GetParam().delivered)) << event;
  EXPECT_TRUE(same_json(reply.body, GetParam().delivered)) << reply.body;
}

HttpHeaders binary(const char* version, const char* content_type, HttpHeaders more = {}) {
  HttpHeaders headers{
      {"ce-specversion", version}, {"ce-type", "t"}, {"ce-source", "/cli"}, {"CE-ID", "7"}};
  if (content_type != nullptr) headers.emplace_back("content-type", content_type);
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

INSTANTIATE_TEST_SUITE_P(
    Publishing, BinaryMode,
    ::testing::Values(
        BinaryCase{
            "Text02", binary("0.2", "text/plain"), "hello",
            R"({"contenttype":"text/plain","data":"hello","id":"7","source":"/cli","specversion":"0.2","type":"t"})"},
        BinaryCase{"Json02", binary("0.2", "application/json"), R"({"a":1})",
                   R"({"data":{"a":1},"id":"7","source":"/cli","specversion":"0.2","type":"t"})"},
        BinaryCase{
            "ExtensionsOf02AreJsonIfTheyParse",
            binary("0.2", "application/json", {{"ce-n", "5"}, {"ce-s", "five"}}), "null",
            R"({"data":null,"n":5,"s":"five","id":"7","source":"/cli","specversion":"0.2","type":"t"})"},
        BinaryCase{
            "Json10", binary("1.0", "application/json; charset=utf-8"), R"({"a":[1.5,"ü"]})",
            R"({"data":{"a":[1.5,"ü"]},"datacontenttype":"application/json; charset=utf-8","id":"7","source":"/cli","specversion":"1.0","type":"t"})"},
        BinaryCase{
            "Text10", binary("1.0", "text/plain"), "a \"quoted\"\nline",
            R"({"data":"a \"quoted\"\nline","datacontenttype":"text/plain","id":"7","source":"/cli","specversion":"1.0","type":"t"})"},
        BinaryCase{
            "Bytes10", binary("1.0", "application/octet-stream"), "\xFF\x00\x01"s,
            R"({"data_base64":"/wAB","datacontenttype":"application/octet-stream","id":"7","source":"/cli","specversion":"1.0","type":"t"})"},
        BinaryCase{
            "PercentEncoded10",
            binary("1.0", "text/plain", {{"ce-subject", "Euro%20%E2%82%AC%20%F0%9F%98%80%22"}}),
            "x",
            R"({"data":"x","datacontenttype":"text/plain","subject":"Euro € 😀\"","id":"7","source":"/cli","specversion":"1.0","type":"t"})"},
        BinaryCase{
            "Text03", binary("0.3", "text/plain"), "x",
            R"({"data":"x","datacontenttype":"text/plain","id":"7","source":"/cli","specversion":"0.3","type":"t"})"}),
    [](const auto& info) { return info.param.name; });

TEST_F(Publishing, BinaryModeWithoutContentTypeAndBodyIsAnEventWithoutData) {
  const auto reply = post(binary("1.0", nullptr), "");
  ASSERT_EQ(reply.status, 202) << reply.body;
  EXPECT_TRUE(
      same_json(delivered(), R"({"id":"7","source":"/cli","specversion":"1.0","type":"t"})"));
}

struct RefusedCase {
  const char* name;
  int status;
  HttpHeaders headers;
  std::string body;
  std::string says;

  friend void PrintTo(const RefusedCase& refused, std::ostream* out) { *out << refused.name; }
};

class RefusedEvent : public Publishing, public ::testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedEvent, IsAnsweredAndReachesNobody) {
  const auto reply = post(GetParam().headers, GetParam().body);
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(GetParam().says));
  EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain"));
  expect_nothing_was_delivered();
}

RefusedCase not_an_event(const char* name, std::string body,
                         std::string says = "The request body does not look like a CloudEvent: ") {
  return {name,
          400,
          {{"content-type", "application/cloudevents+json"}},
          std::move(body),
          std::move(says)};
}

INSTANTIATE_TEST_SUITE_P(
    Structured, RefusedEvent,
    ::testing::Values(
        not_an_event("EmptyBody", ""), not_an_event("NoJson", "hello"), not_an_event("List", "[]"),
        not_an_event("ListOfEvents", "[" + event_json("t", "1") + "]"),
        not_an_event("String", "\"t\""), not_an_event("Number", "5"), not_an_event("Null", "null"),
        not_an_event("EmptyObject", "{}"),
        not_an_event("UnknownVersion", R"({"specversion":"2.0","type":"t","source":"/x","id":"1"})",
                     "specversion"),
        not_an_event("VersionIsANumber", R"({"specversion":1.0,"type":"t","source":"/x","id":"1"})",
                     "specversion"),
        not_an_event("NoType", R"({"specversion":"1.0","source":"/x","id":"1"})", "type"),
        not_an_event("NoSource", R"({"specversion":"1.0","type":"t","id":"1"})", "source"),
        not_an_event("NoId", R"({"specversion":"1.0","type":"t","source":"/x"})", "id"),
        not_an_event("NoId01", R"({"cloudEventsVersion":"0.1","eventType":"t","source":"/x"})",
                     "eventID"),
        not_an_event("NoType01", R"({"cloudEventsVersion":"0.1","source":"/x","eventID":"1"})",
                     "eventType"),
        not_an_event("NoSource02", R"({"specversion":"0.2","type":"t","id":"1"})", "source"),
        not_an_event("EmptyId", R"({"specversion":"1.0","type":"t","source":"/x","id":""})", "id"),
        not_an_event("EmptySource", R"({"specversion":"1.0","type":"t","source":"","id":"1"})",
                     "source"),
        not_an_event("Garbage", "\x00\xFF\xFE{}"s),
        not_an_event(
            "InvalidUtf8",
            "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/x\",\"id\":\"\xC3\x28\"}"),
        not_an_event("TextAfterTheEvent", event_json("t", "1") + "x"),
        not_an_event("DeepNesting",
                     R"({"specversion":"1.0","type":"t","source":"/x","id":"1","data":)" +
                         std::string(200'000, '[')),
        not_an_event("DeepClosedNesting",
                     event_json("t", "1", std::string(100'000, '[') + std::string(100'000, ']')))),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Modes, RefusedEvent,
    ::testing::Values(
        RefusedCase{"OtherStructuredFormat",
                    415,
                    {{"content-type", "application/cloudevents+xml"}},
                    "<event/>",
                    "is currently not supported for structured mode."},
        RefusedCase{"BinaryWithoutVersion",
                    400,
                    {{"content-type", "text/plain"}, {"ce-type", "t"}},
                    "x",
                    "Your request looks like it's using the CloudEvents binary content mode, but "
                    "the ce-specversion header is"},
        RefusedCase{"BinaryUnknownVersion",
                    400,
                    {{"content-type", "text/plain"},
                     {"ce-specversion", "3.0"},
                     {"ce-type", "t"},
                     {"ce-source", "/x"},
                     {"ce-id", "1"}},
                    "x",
                    "Your request looks like it's using the CloudEvents binary content mode, but "
                    "the ce-specversion header is"},
        RefusedCase{"BinaryWithoutType",
                    400,
                    {{"content-type", "text/plain"},
                     {"ce-specversion", "1.0"},
                     {"ce-source", "/x"},
                     {"ce-id", "1"}},
                    "x",
                    "Your request looks like it's using the CloudEvents binary content mode but "
                    "can't be parsed"},
        RefusedCase{"BinaryInvalidJson", 400, binary("1.0", "application/json"), "{", ""}),
    [](const auto& info) { return info.param.name; });

TEST_F(Publishing, ABodyOverTheLimitIsRefusedWith413) {
  const auto reply = structured(event_json("t", "1", "\"" + std::string(1U << 20U, 'x') + "\""));
  EXPECT_EQ(reply.status, 413);
  expect_nothing_was_delivered();
}

TEST_F(Publishing, GetIsNotAllowedAndSaysWhatIs) {
  for (const auto* path : {"/v3/messages", "/v2/messages"}) {
    const auto reply = fetch(gateway_.api(), {.target = path});
    EXPECT_EQ(reply.status, 405);
    EXPECT_THAT(reply.header("allow").value_or(""), HasSubstr("POST"));
  }
}

TEST_F(Publishing, TheApiDoorSendsNoCorsHeaders) {
  const auto reply = post({{"content-type", "application/json"}, {"origin", "https://app.example"}},
                          event_json("t", "1"));
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.header("access-control-allow-origin"), std::nullopt);
}

TEST_F(Publishing, EachDoorServesOnlyItsOwnPaths) {
  for (const auto* path : {"/v3/messages", "/v2/messages", "/metrics", "/health"}) {
    const auto reply = fetch(gateway_.inbound(), {.target = path});
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.body, R"({"message":"Not Found"})");
  }
  for (const auto* path : {"/_rig/v1/events", "/_rig/v1/connection/sse"}) {
    EXPECT_EQ(fetch(gateway_.api(), {.target = path}).status, 404) << path;
  }
}

}  // namespace
}  // namespace testkit

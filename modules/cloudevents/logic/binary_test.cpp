#include "logic/binary.hpp"
#include "logic/header_attributes.hpp"
#include "logic/test_plans.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::cloudevents {
namespace {

using Headers = std::vector<Header>;

struct Message {
  std::string_view version = "1.0";
  std::optional<std::string_view> content_type = "text/plain";
  std::string body{};
  Headers more{};
};

Decoded<EventRef> decode(const Message& message, const FieldPlans& plans) {
  Headers headers{{"Host", "x"},
                  {"ce-specversion", message.version},
                  {"CE-Type", "t"},
                  {"ce-source", "/cli"},
                  {"ce-id", "7"}};
  headers.insert(headers.end(), message.more.begin(), message.more.end());
  return decode_binary(headers, message.content_type, message.body, plans);
}

/// The event's text; also checks that it decodes to the same event.
std::string delivered(const Message& message) {
  const TestPlans plans{"/data", "/data/a", "/n", "/type", "/data/list/1", "/extensions/n"};
  const auto event = decode(message, plans);
  if (!event) return event.error().message;
  const auto again = decode_structured((*event)->json(), plans);
  if (!again) return "not decoded again: " + again.error().message + (*event)->json();
  EXPECT_EQ((*again)->version(), (*event)->version());
  EXPECT_EQ((*again)->type(), (*event)->type());
  EXPECT_EQ((*again)->source(), (*event)->source());
  EXPECT_EQ((*again)->id(), (*event)->id());
  EXPECT_EQ((*again)->fields(), (*event)->fields());
  return (*event)->json();
}

TEST(Binary, JsonDataIsDeliveredAsItStands) {
  EXPECT_EQ(delivered({.content_type = "application/json; charset=utf-8",
                       .body = " {\"a\" : [1.50,\"ü\"]}\n"}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"application/json; charset=utf-8","data":{"a" : [1.50,"ü"]}})");
  EXPECT_EQ(delivered({.content_type = "application/vnd.x+json", .body = "null"}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"application/vnd.x+json","data":null})");
  EXPECT_EQ(delivered({.version = "0.3", .content_type = "application/json", .body = "5"}),
            R"({"specversion":"0.3","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"application/json","data":5})");
}

TEST(Binary, TextIsDeliveredAsAString) {
  EXPECT_EQ(delivered({.body = "a \"quoted\"\nline"}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"text/plain","data":"a \"quoted\"\nline"})");
  EXPECT_EQ(delivered({.version = "0.3", .content_type = "text/x; y=\"a\\\"b\"", .body = "ü"}),
            R"({"specversion":"0.3","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"text/x; y=\"a\\\"b\"","data":"ü"})");
}

TEST(Binary, OtherBytesAreDeliveredInBase64) {
  const std::string bytes("\xFF\x00\x01", 3);
  EXPECT_EQ(delivered({.content_type = "a/b", .body = bytes}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"a/b","data_base64":"/wAB"})");
  EXPECT_EQ(delivered({.version = "0.3", .content_type = "a/b", .body = bytes}),
            R"({"specversion":"0.3","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"a/b","datacontentencoding":"base64","data":"/wAB"})");
  EXPECT_EQ(delivered({.version = "0.2", .content_type = "a/b", .body = bytes}),
            R"({"specversion":"0.2","type":"t","source":"/cli","id":"7",)"
            R"("contenttype":"a/b","data":"/wAB"})");
}

TEST(Binary, AnEmptyBodyIsNoData) {
  EXPECT_EQ(delivered({.content_type = std::nullopt, .body = ""}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7"})");
  EXPECT_EQ(delivered({.content_type = "application/json", .body = ""}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("datacontenttype":"application/json"})");
}

TEST(Binary, KnownAttributesComeFirstAndExtensionsStayStrings) {
  EXPECT_EQ(delivered({.body = "x",
                       .more = {{"ce-n", "5"},
                                {"ce-Subject", "Euro%20%E2%82%AC%20%F0%9F%98%80%22"},
                                {"ce-my_ext.1", "\"a \\\"b\\\"\""},
                                {"ce-time", "2026-01-02T03:04:05Z"},
                                {"ce-dataschema", " https://x/y\t"},
                                {"ce-empty", ""},
                                {"x-other", "1"},
                                {"ce", "1"}}}),
            R"({"specversion":"1.0","type":"t","source":"/cli","id":"7",)"
            R"("time":"2026-01-02T03:04:05Z","subject":"Euro € 😀\"",)"
            R"("datacontenttype":"text/plain","dataschema":"https://x/y",)"
            R"("n":"5","my_ext.1":"a \"b\"","empty":"","data":"x"})");
}

TEST(Binary, Version02FollowsTheContract) {
  EXPECT_EQ(delivered({.version = "0.2", .body = "hello"}),
            R"({"specversion":"0.2","type":"t","source":"/cli","id":"7",)"
            R"("contenttype":"text/plain","data":"hello"})");
  EXPECT_EQ(delivered({.version = "0.2",
                       .content_type = "Application/JSON; charset=utf-8",
                       .body = R"({"a":1,"list":[1,true]})",
                       .more = {{"ce-n", "5"},
                                {"ce-s", "five"},
                                {"ce-o", "{\"a\" : [1]}"},
                                {"ce-quoted", "\"5\""},
                                {"ce-escaped", "%35"},
                                {"ce-b", "true"},
                                {"ce-zero", "007"},
                                {"ce-schemaurl", "5"}}}),
            R"({"specversion":"0.2","type":"t","source":"/cli","id":"7","schemaurl":"5",)"
            R"("n":5,"s":"five","o":{"a" : [1]},"quoted":"5","escaped":"5","b":true,"zero":"007",)"
            R"("data":{"a":1,"list":[1,true]}})");
  // Quirk Q14: other JSON content types are JSON too.
  EXPECT_EQ(delivered({.version = "0.2", .content_type = "a/b+json", .body = "[1]"}),
            R"({"specversion":"0.2","type":"t","source":"/cli","id":"7",)"
            R"("contenttype":"a/b+json","data":[1]})");
}

TEST(Binary, Version01HasItsOwnHeaders) {
  const Headers headers{{"CE-CloudEventsVersion", "0.1"},
                        {"CE-EventType", "t"},
                        {"CE-EventTypeVersion", "3"},
                        {"CE-Source", "/cli"},
                        {"CE-EventID", "7"},
                        {"CE-EventTime", "2026-01-02T03:04:05Z"},
                        {"CE-SchemaURL", "u"},
                        {"CE-X-n", "5"},
                        {"CE-X-Text", "five"},
                        {"CE-other", "x"}};
  const TestPlans plans{"/extensions/n", "/data/a"};
  const auto event = decode_binary(headers, "application/json", R"({"a":"b"})", plans);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ((*event)->json(),
            R"({"cloudEventsVersion":"0.1","eventType":"t","eventTypeVersion":"3",)"
            R"("source":"/cli","eventID":"7","eventTime":"2026-01-02T03:04:05Z","schemaURL":"u",)"
            R"("extensions":{"n":5,"text":"five","other":"x"},"data":{"a":"b"}})");
  EXPECT_EQ((*event)->version(), SpecVersion::k01);
  EXPECT_EQ((*event)->fields(),
            (std::vector<FieldValue>{FieldValue(std::int64_t{5}), FieldValue("b")}));
  EXPECT_EQ((*decode_structured((*event)->json(), plans))->fields(), (*event)->fields());
}

TEST(Binary, FieldsAreThoseOfTheDeliveredText) {
  const TestPlans plans{"/data/list/1", "/n", "/data_base64"};
  const auto json = decode({.content_type = "application/json",
                            .body = R"({"list":[1,"x\u0079"]})",
                            .more = {{"ce-n", "5"}}},
                           plans);
  EXPECT_EQ((*json)->fields(),
            (std::vector<FieldValue>{FieldValue("xy"), FieldValue("5"), FieldValue()}));
  const auto text = decode({.content_type = "text/plain", .body = R"({"list":[1,2]})"}, plans);
  EXPECT_TRUE((*text)->fields().at(0).is_nothing());
}

TEST(Binary, ABodyCannotAddMembers) {
  constexpr std::string_view kPrefix =
      "Your request looks like it's using the CloudEvents binary content mode but can't be parsed: "
      "the body is not the JSON that its content-type promises: ";
  for (const auto& [body, fault] : std::initializer_list<std::pair<std::string, std::string>>{
           {R"(1,"id":"8")", "there is text after its end"},
           {"{", "it ends too early"},
           {" ", "it ends too early"},
           {"hello", "syntax error"},
           {"\"\xFF\"", "it is not UTF-8"},
           {std::string(64, '[') + std::string(64, ']'), "it is nested deeper than 64 levels"}}) {
    EXPECT_EQ(delivered({.content_type = "application/json", .body = body}),
              std::string(kPrefix) + fault)
        << body;
  }
}

TEST(Binary, SaysWhichHeaderIsAtFaultAndNeverRepeatsValues) {
  struct Case {
    Headers headers;
    std::string_view reason;
  };
  const Headers type{{"ce-specversion", "1.0"}, {"ce-source", "/x"}, {"ce-id", "1"}};
  const auto with = [](std::string_view name, std::string_view value) {
    return Headers{{"ce-specversion", "1.0"},
                   {"ce-type", "t"},
                   {"ce-source", "/x"},
                   {"ce-id", "1"},
                   {name, value},
                   {"authorization", "secret"}};
  };
  Headers many = with("ce-x", "secret");
  std::vector<std::string> names;
  names.reserve(kHeaderAttributesMax);
  for (std::size_t i = 0; i < kHeaderAttributesMax; ++i)
    names.push_back("ce-n" + std::to_string(i));
  for (const std::string& name : names) many.emplace_back(name, "1");

  for (
      const auto& [headers, reason] : std::initializer_list<Case>{
          {type, R"(the required attribute "type" is missing)"},
          {with("CE-ID", "secret"), R"(the header "ce-id" is repeated)"},
          {with("ce-SpecVersion", "1.0"), R"(the header "ce-specversion" is repeated)"},
          {with("ce-x", "%C0%A0secret"), R"(the header "ce-x" is not UTF-8)"},
          {with("ce-x", "\xFFsecret"), R"(the header "ce-x" is not UTF-8)"},
          {with("ce-", "secret"), "the name of a ce- header is not an attribute's"},
          {with("ce-\xC3\xA4", "secret"), "the name of a ce- header is not an attribute's"},
          {with("ce-data", "secret"),
           R"(the header "ce-data" is not allowed; the request's content-type and body say it)"},
          {with("ce-data_base64", "c2VjcmV0"),
           R"(the header "ce-data_base64" is not allowed; the request's content-type and body say it)"},
          {with("ce-DataContentType", "secret/secret"),
           R"(the header "ce-datacontenttype" is not allowed; the request's content-type and body say it)"},
          {with("ce-time", "secret"), R"(the attribute "time" is not an RFC 3339 timestamp)"},
          {with("ce-subject", ""), R"(the attribute "subject" is empty)"},
          {with("ce-subject", "%0Asecret"),
           R"(the attribute "subject" contains a control character)"},
          {many, "there are more than 128 ce- headers"}}) {
    const auto event = decode_binary(headers, "text/plain", "secret", TestPlans());
    ASSERT_FALSE(event) << reason;
    EXPECT_EQ(event.error().kind, DecodeError::Kind::kInvalid);
    EXPECT_EQ(event.error().message,
              "Your request looks like it's using the CloudEvents binary content mode but can't be "
              "parsed: " +
                  std::string(reason));
    EXPECT_EQ(event.error().message.find("secret"), std::string::npos);
  }
}

TEST(Binary, TheVersionHeaderIsAskedForByName) {
  struct Case {
    Headers headers;
    std::string_view problem;
  };
  for (const auto& [headers, problem] : std::initializer_list<Case>{
           {{{"ce-type", "t"}}, "ce-specversion header is missing."},
           {{{"ce-specversion", "3.0"}},
            R"(ce-specversion header is none of "1.0", "0.3" and "0.2".)"},
           {{{"ce-specversion", "0.1"}},
            R"(ce-specversion header is none of "1.0", "0.3" and "0.2".)"},
           {{{"ce-cloudeventsversion", "0.2"}}, R"(ce-cloudeventsversion header is not "0.1".)"}}) {
    const auto event = decode_binary(headers, "text/plain", "x", TestPlans());
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().message,
              "Your request looks like it's using the CloudEvents binary content mode, but the " +
                  std::string(problem));
  }
}

TEST(Binary, AVersionHeaderIsSeenInAnySpelling) {
  EXPECT_TRUE(has_version_header(Headers{{"CE-SpecVersion", "x"}}));
  EXPECT_TRUE(has_version_header(Headers{{"a", "b"}, {"ce-cloudEventsVersion", "x"}}));
  EXPECT_FALSE(has_version_header(Headers{{"ce-type", "t"}, {"specversion", "1.0"}, {"c", ""}}));
}

}  // namespace
}  // namespace rig::cloudevents

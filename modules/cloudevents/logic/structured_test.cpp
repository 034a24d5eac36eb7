#include "logic/attributes.hpp"
#include "logic/test_plans.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::cloudevents {
namespace {

std::string reason(std::string json) {
  const auto event = decode_structured(std::move(json), TestPlans());
  if (event) return "accepted";
  EXPECT_EQ(event.error().kind, DecodeError::Kind::kInvalid);
  return event.error().message;
}

/// A valid event of version 1.0 with more members.
std::string with(std::string_view members) {
  return R"({"specversion":"1.0","type":"t","source":"/x","id":"1",)" + std::string(members) + "}";
}

std::string v03(std::string_view members) {
  return R"({"specversion":"0.3","type":"t","source":"/x","id":"1",)" + std::string(members) + "}";
}

std::string v02(std::string_view members) {
  return R"({"specversion":"0.2","type":"t","source":"/x","id":"1",)" + std::string(members) + "}";
}

std::string v01(std::string_view members) {
  return R"({"cloudEventsVersion":"0.1","eventType":"t","source":"/x","eventID":"1",)" +
         std::string(members) + "}";
}

TEST(Structured, AttributesOfEveryVersionAreRead) {
  for (const auto& [json, version] : std::initializer_list<std::pair<std::string, SpecVersion>>{
           {R"({"specversion":"1.0","type":"a.b","source":"/s","id":"7"})", SpecVersion::k10},
           {R"({"specversion":"0.3","type":"a.b","source":"/s","id":"7"})", SpecVersion::k03},
           {R"({"specversion":"0.2","type":"a.b","source":"/s","id":"7"})", SpecVersion::k02},
           {R"({"cloudEventsVersion":"0.1","eventType":"a.b","source":"/s","eventID":"7"})",
            SpecVersion::k01}}) {
    const auto event = decode_structured(json, TestPlans());
    ASSERT_TRUE(event) << event.error().message;
    EXPECT_EQ((*event)->version(), version);
    EXPECT_EQ((*event)->type(), "a.b");
    EXPECT_EQ((*event)->source(), "/s");
    EXPECT_EQ((*event)->id(), "7");
    EXPECT_TRUE((*event)->fields().empty());
  }
}

TEST(Structured, TheTextIsKeptByteForByte) {
  for (
      const std::string& json :
      {with(R"("data":1)"),
       std::string("\n { \"id\" : \"\\u0031\" ,\t\"type\":\"t\",\"source\":\"\\/x\",\r\n"
                   "\"specversion\":\"1.0\",\"big\":123456789012345678901234567890 } \n"),
       with(
           R"("My-Ext_1":{"deep":[1.50,1e400,-0]},"rig":{"correlation":"c"},"":5,"a":[],"b":null)"),
       with(R"("data":1,"data":2,"id":"2")"), with(R"("specversion2":"0.2","data_base64":"AAEC")"),
       v02(R"("contenttype":"text/xml","data":"<much wow=\"xml\"/>","datacontenttype":5)"),
       v03(R"("datacontentencoding":"base64","data":"aGk=","subject":"s")"),
       v01(R"("extensions":{"a":1},"eventTypeVersion":"3","contentType":"text/plain","data":"x")"),
       with(R"("subject":null,"time":null,"datacontenttype":null,"dataschema":null)"),
       with(R"("data":null,"data_base64":null)"), with(R"("data_base64":"")"),
       with("\"data\":\"\xC3\xA4 \\ud83d\\ude00 \\u0000\"")}) {
    const auto event = decode_structured(json, TestPlans());
    ASSERT_TRUE(event) << json << event.error().message;
    EXPECT_EQ((*event)->json(), json);
  }
}

TEST(Structured, RequiredAttributesAreNamed) {
  struct Case {
    std::string_view json;
    std::string_view attribute;
  };
  for (const auto& [json, attribute] : std::initializer_list<Case>{
           {R"({})", "specversion"},
           {R"({"specversion":null,"type":"t","source":"/x","id":"1"})", "specversion"},
           {R"({"specversion":"1.0","source":"/x","id":"1"})", "type"},
           {R"({"specversion":"1.0","type":"t","id":"1"})", "source"},
           {R"({"specversion":"1.0","type":"t","source":"/x"})", "id"},
           {R"({"specversion":"1.0","type":"t","source":"/x","id":null})", "id"},
           {R"({"specversion":"1.0","type":"t","source":"/x","id":"1","id":null})", "id"},
           {R"({"specversion":"0.3","type":"t","source":"/x"})", "id"},
           {R"({"specversion":"0.2","type":"t","id":"1"})", "source"},
           {R"({"specversion":"1.0","eventType":"t","source":"/x","id":"1"})", "type"},
           {R"({"cloudEventsVersion":"0.1","type":"t","source":"/x","eventID":"1"})", "eventType"},
           {R"({"cloudEventsVersion":"0.1","eventType":"t","eventID":"1"})", "source"},
           {R"({"cloudEventsVersion":"0.1","eventType":"t","source":"/x"})", "eventID"}}) {
    EXPECT_EQ(reason(std::string(json)),
              "the required attribute \"" + std::string(attribute) + "\" is missing")
        << json;
  }
}

TEST(Structured, TheAttributeAtFaultIsNamed) {
  const std::string long_type(kTypeBytesMax + 1, 't');
  struct Case {
    std::string json;
    std::string_view message;
  };
  for (
      const auto& [json, message] : std::initializer_list<Case>{
          {with(R"("id":7)"), R"(the attribute "id" is not a string)"},
          {with(R"("id":"")"), R"(the attribute "id" is empty)"},
          {with(R"("id":"a\u0000")"), R"(the attribute "id" contains a control character)"},
          {with(R"("type":5)"), R"(the attribute "type" is not a string)"},
          {with(R"("type":"")"), R"(the attribute "type" is empty)"},
          {with(R"("type":"a\nb")"), R"(the attribute "type" contains a control character)"},
          {with(R"("type":"\u0085")"), R"(the attribute "type" contains a control character)"},
          {with("\"type\":\"" + long_type + "\""),
           R"(the attribute "type" is longer than 256 bytes)"},
          {with(R"("type":"rig.session_killed")"),
           R"(the attribute "type" starts with "rig.", which is reserved for the gateway's own events)"},
          {with(R"("type":"\u0072ig.x")"),
           R"(the attribute "type" starts with "rig.", which is reserved for the gateway's own events)"},
          {with(R"("source":["/x"])"), R"(the attribute "source" is not a string)"},
          {with(R"("source":"")"), R"(the attribute "source" is empty)"},
          {with(R"("source":"\r")"), R"(the attribute "source" contains a control character)"},
          {with(R"("time":5)"), R"(the attribute "time" is not a string)"},
          {with(R"("time":"")"), R"(the attribute "time" is empty)"},
          {with(R"("time":"yesterday")"), R"(the attribute "time" is not an RFC 3339 timestamp)"},
          {with(R"("subject":"")"), R"(the attribute "subject" is empty)"},
          {with(R"("subject":{})"), R"(the attribute "subject" is not a string)"},
          {with(R"("datacontenttype":"json")"),
           R"(the attribute "datacontenttype" is not a media type)"},
          {with(R"("dataschema":"")"), R"(the attribute "dataschema" is empty)"},
          {with(R"("data_base64":"a b")"), R"(the attribute "data_base64" is not valid base64)"},
          {with(R"("data_base64":5)"), R"(the attribute "data_base64" is not a string)"},
          {with(R"("data":null,"data_base64":"")"),
           R"(the members "data" and "data_base64" exclude each other)"},
          {v03(R"("datacontenttype":"")"), R"(the attribute "datacontenttype" is empty)"},
          {v03(R"("datacontentencoding":5)"),
           R"(the attribute "datacontentencoding" is not a string)"},
          {v03(R"("schemaurl":"")"), R"(the attribute "schemaurl" is empty)"},
          {v02(R"("contenttype":"text")"), R"(the attribute "contenttype" is not a media type)"},
          {v02(R"("schemaurl":1)"), R"(the attribute "schemaurl" is not a string)"},
          {v02(R"("time":"2026-02-30T00:00:00Z")"),
           R"(the attribute "time" is not an RFC 3339 timestamp)"},
          {v01(R"("eventTime":"x")"), R"(the attribute "eventTime" is not an RFC 3339 timestamp)"},
          {v01(R"("contentType":"x")"), R"(the attribute "contentType" is not a media type)"},
          {v01(R"("schemaURL":"")"), R"(the attribute "schemaURL" is empty)"},
          {v01(R"("eventTypeVersion":"")"), R"(the attribute "eventTypeVersion" is empty)"},
          {v01(R"("eventID":"")"), R"(the attribute "eventID" is empty)"},
          {v01(R"("eventType":"rig.x")"),
           R"(the attribute "eventType" starts with "rig.", which is reserved for the gateway's own events)"}}) {
    EXPECT_EQ(reason(json), message) << json;
  }
}

TEST(Structured, LimitsAreInclusiveAndRigAloneIsNotReserved) {
  EXPECT_EQ(reason(with("\"type\":\"" + std::string(kTypeBytesMax, 't') + "\"")), "accepted");
  for (const std::string_view type : {"rig", "rigs.x", "Rig.x", "com.rig.x"}) {
    EXPECT_EQ(reason(with("\"type\":\"" + std::string(type) + "\"")), "accepted") << type;
  }
}

TEST(Structured, AttributesOfOtherVersionsAreExtensions) {
  for (const std::string& json :
       {with(R"("contenttype":"","schemaurl":5,"eventType":"","datacontentencoding":{})"),
        v02(R"("subject":"","data_base64":"?","dataschema":"","datacontenttype":"")"),
        v01(R"("time":"x","type":"rig.x","id":"","subject":"")")}) {
    EXPECT_EQ(reason(json), "accepted") << json;
  }
}

TEST(Structured, VersionIsFoundAsTheContractSays) {
  constexpr std::string_view kNone =
      R"(the attribute "specversion" is none of the supported versions 1.0, 0.3 and 0.2)";
  constexpr std::string_view kOther =
      R"(the attribute "cloudEventsVersion" is not the supported version 0.1)";
  struct Case {
    std::string_view versions;
    std::string_view message;
  };
  for (const auto& [versions, message] : std::initializer_list<Case>{
           {R"("specversion":"2.0")", kNone},
           {R"("specversion":"1.0.2")", kNone},
           {R"("specversion":"0.1")", kNone},
           {R"("specversion":"")", kNone},
           {R"("specversion":1.0)", kNone},
           {R"("specversion":"2.0","cloudEventsVersion":"0.2")", kNone},
           {R"("cloudEventsVersion":"0.2")", kOther},
           {R"("cloudEventsVersion":0.1)", kOther},
           {R"("specversion":"0.2","cloudEventsVersion":"0.1")", "accepted"},
           {R"("specversion":"2.0","cloudEventsVersion":"0.1")",
            R"(the required attribute "eventType" is missing)"}}) {
    EXPECT_EQ(reason(R"({"type":"t","source":"/x","id":"1",)" + std::string(versions) + "}"),
              message)
        << versions;
  }
}

TEST(Structured, WhatIsNotAnObjectOfJsonIsRefused) {
  struct Case {
    std::string json;
    std::string_view message;
  };
  for (const auto& [json, message] : std::initializer_list<Case>{
           {"", "it is empty"},
           {" ", "invalid JSON: it ends too early"},
           {"hello", "invalid JSON: syntax error"},
           {R"({"specversion":"0.2","type":"t","source":"/x","id":"7","data":{"a":)",
            "invalid JSON: it ends too early"},
           {with(R"("data":1)") + "x", "invalid JSON: there is text after its end"},
           {with("\"data\":\"\xC3(\""), "invalid JSON: it is not UTF-8"},
           {with(R"("data":"\udc00")"), "invalid JSON: a \\u escape is not a character"},
           {with("\"data\":" + std::string(64, '[') + std::string(64, ']')),
            "invalid JSON: it is nested deeper than 64 levels"},
           {"[]", "it is not a JSON object"},
           {"[" + with(R"("data":1)") + "]", "it is not a JSON object"},
           {"\"t\"", "it is not a JSON object"},
           {"5", "it is not a JSON object"},
           {"null", "it is not a JSON object"}}) {
    EXPECT_EQ(reason(json), message) << json;
  }
}

TEST(Structured, TheLastOfEqualMembersCountsAsForTheReceivers) {
  const auto event = decode_structured(with(R"("type":"first","type":"last")"), TestPlans());
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)->type(), "last");
}

TEST(Structured, FieldsFollowTheContentType) {
  const TestPlans plans{"/data/name", "/ext"};
  struct Case {
    std::string json;
    bool is_found;
  };
  for (const auto& [json, is_found] : std::initializer_list<Case>{
           {with(R"("ext":1,"data":{"name":"x"})"), true},
           {with(R"("ext":1,"data":{"name":"x"},"datacontenttype":"application/json")"), true},
           {with(R"("ext":1,"data":{"name":"x"},"datacontenttype":"a/b+JSON; v=1")"), true},
           {with(R"("ext":1,"data":{"name":"x"},"datacontenttype":null)"), true},
           {with(R"("ext":1,"data":{"name":"x"},"datacontenttype":"text/plain")"), false},
           {with(R"("ext":1,"data_base64":"AAEC")"), false},
           {with(R"("ext":1,"data":"text")"), false},
           {v03(R"("ext":1,"data":{"name":"x"},"datacontentencoding":"Base64")"), false},
           {v02(R"("ext":1,"data":{"name":"x"},"contenttype":"application/json")"), true},
           {v02(R"("ext":1,"data":{"name":"x"},"contenttype":"application/xml")"), false},
           {v01(R"("ext":1,"data":{"name":"x"},"contentType":"application/json")"), true},
           {v01(R"("ext":1,"data":{"name":"x"},"contentType":"text/xml")"), false}}) {
    const auto event = decode_structured(json, plans);
    ASSERT_TRUE(event) << json << event.error().message;
    const std::vector<FieldValue> expected{is_found ? FieldValue("x") : FieldValue(),
                                           FieldValue(std::int64_t{1})};
    EXPECT_EQ((*event)->fields(), expected) << json;
  }
}

/// A plan for one type only.
class GreetingPlan final : public FieldPlans {
 public:
  [[nodiscard]] const FieldPlan* plan_for(std::string_view type) const noexcept override {
    return type == "greeting" ? &plan_ : nullptr;
  }

 private:
  FieldPlan plan_{{*JsonPointer::parse("/data/name")}};
};

TEST(Structured, FieldsAreThoseOfTheEventsType) {
  const GreetingPlan plans;
  const auto greeting = decode_structured(with(R"("data":{"name":"x"},"type":"greeting")"), plans);
  const auto other = decode_structured(with(R"("data":{"name":"x"})"), plans);
  ASSERT_TRUE(greeting && other);
  EXPECT_EQ((*greeting)->fields(), std::vector<FieldValue>{FieldValue("x")});
  EXPECT_TRUE((*other)->fields().empty());
}

}  // namespace
}  // namespace rig::cloudevents

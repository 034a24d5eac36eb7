#include "logic/test_plans.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::cloudevents {
namespace {

using testing::HasSubstr;

using Headers = std::vector<Header>;

const std::string kEvent = R"({"specversion":"1.0","type":"in.body","source":"/x","id":"1"})";

Headers attributes_and(Headers more) {
  Headers headers{
      {"ce-specversion", "1.0"}, {"CE-Type", "in.headers"}, {"ce-source", "/x"}, {"ce-id", "1"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

Decoded<Delivery> decode(const Headers& headers, std::string body) {
  return decode_nats({.headers = headers, .body = std::move(body)}, TestPlans());
}

std::string type_of(const Headers& headers, const std::string& body) {
  const auto delivery = decode(headers, body);
  if (!delivery) return delivery.error().message;
  if (delivery->events.size() != 1) return "not one event";
  return delivery->events[0]->type();
}

std::string json_of(const Headers& headers, const std::string& body) {
  const auto delivery = decode(headers, body);
  return delivery ? delivery->events.at(0)->json() : delivery.error().message;
}

TEST(DecodeNats, MessageWithoutHeadersIsAnEventInJson) {
  EXPECT_EQ(json_of({}, kEvent), kEvent);
  EXPECT_THAT(json_of({}, "hello"), HasSubstr("invalid JSON"));
  EXPECT_EQ(json_of({}, ""), "it is empty");
}

TEST(DecodeNats, OtherHeadersChangeNothing) {
  EXPECT_EQ(type_of({{"Nats-Msg-Id", "7"}, {"content-type", "application/json"}}, kEvent),
            "in.body");
  EXPECT_EQ(type_of({{"ce-type", "no version"}}, kEvent), "in.body");
}

TEST(DecodeNats, TheContentTypeSaysStructured) {
  for (const char* content_type :
       {"application/cloudevents", "Application/CloudEvents+JSON; charset=utf-8"}) {
    EXPECT_EQ(type_of(attributes_and({{"Content-Type", content_type}}), kEvent), "in.body");
  }
}

TEST(DecodeNats, BatchIsTaken) {
  const auto delivery = decode({{"content-type", "application/cloudevents-batch+json"}},
                               "[" + kEvent + "," + kEvent + "]");
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->events.size(), 2U);
  EXPECT_TRUE(delivery->is_batch);
}

TEST(DecodeNats, OtherFormatsAreUnsupported) {
  for (const char* content_type :
       {"application/cloudevents+avro", "application/cloudevents-batch+avro"}) {
    const auto delivery = decode({{"content-type", content_type}}, kEvent);
    ASSERT_FALSE(delivery);
    EXPECT_EQ(delivery.error().kind, DecodeError::Kind::kUnsupported);
  }
}

TEST(DecodeNats, AttributesInHeadersAreBinaryMode) {
  EXPECT_EQ(json_of(attributes_and({{"ce-datacontenttype", "application/json"},
                                    {"ce-subject", "a%20%E2%82%AC"}}),
                    R"({"a":1})"),
            "{\"specversion\":\"1.0\",\"type\":\"in.headers\",\"source\":\"/x\",\"id\":\"1\","
            "\"subject\":\"a \xE2\x82\xAC\",\"datacontenttype\":\"application/json\","
            "\"data\":{\"a\":1}}");
}

TEST(DecodeNats, TypeOfTheDataIsAnAttributeBeforeItIsTheContentType) {
  const Headers both{{"content-type", "text/plain"}, {"ce-datacontenttype", "application/json"}};
  EXPECT_THAT(json_of(attributes_and(both), "[1]"), HasSubstr(R"("data":[1])"));
  EXPECT_THAT(json_of(attributes_and({{"content-type", "text/plain"}}), "[1]"),
              HasSubstr(R"("data":"[1]")"));
}

TEST(DecodeNats, DataOfNoTypeIsText) {
  EXPECT_THAT(json_of(attributes_and({}), "[1]"), HasSubstr(R"("data":"[1]")"));
}

TEST(DecodeNats, BadAttributesAreRefused) {
  const Headers twice{{"ce-datacontenttype", "a/b"}, {"ce-datacontenttype", "a/b"}};
  EXPECT_EQ(json_of(attributes_and(twice), ""), "the header \"ce-datacontenttype\" is repeated");
  EXPECT_EQ(json_of(attributes_and({{"ce-datacontenttype", "json"}}), "1"),
            "the type of the data is not a media type");
  EXPECT_THAT(json_of({{"ce-specversion", "1.0"}, {"ce-type", "t"}}, ""), HasSubstr("is missing"));
  EXPECT_THAT(json_of(attributes_and({{"ce-subject", "%FF"}}), ""), HasSubstr("is not UTF-8"));
}

}  // namespace
}  // namespace rig::cloudevents

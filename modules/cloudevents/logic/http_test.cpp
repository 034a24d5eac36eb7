#include "logic/test_plans.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::cloudevents {
namespace {

using Headers = std::vector<Header>;

const std::string kEvent = R"({"specversion":"1.0","type":"in.body","source":"/x","id":"1"})";

const Headers kAttributes{
    {"CE-SpecVersion", "1.0"}, {"ce-type", "in.headers"}, {"ce-source", "/x"}, {"ce-id", "1"}};

Decoded<Delivery> decode(const Headers& headers, std::string body) {
  return decode_http({.headers = headers, .body = std::move(body)}, TestPlans());
}

Headers attributes_and(std::string_view content_type) {
  Headers headers = kAttributes;
  headers.emplace_back("Content-Type", content_type);
  return headers;
}

/// Where the event's attributes were taken from.
std::string origin(const Headers& headers, const std::string& body = kEvent) {
  const auto delivery = decode(headers, body);
  if (!delivery) return delivery.error().message;
  EXPECT_FALSE(delivery->is_batch);
  if (delivery->events.size() != 1) return "not one event";
  return delivery->events[0]->type();
}

TEST(DecodeHttp, TheContentTypeChoosesTheMode) {
  struct Case {
    std::string_view content_type;
    bool is_structured_with_attributes;
    bool is_structured_without;
  };
  for (const auto& [content_type, with, without] :
       std::initializer_list<Case>{{"application/cloudevents+json", true, true},
                                   {"Application/CloudEvents+JSON ; charset=\"utf-8\"", true, true},
                                   {" application/json", false, true},
                                   {"APPLICATION/JSON;charset=utf-8 ", false, true},
                                   {"text/plain", false, false},
                                   {"text/json", false, false},
                                   {"application/cloudevents", false, false},
                                   {"application/vnd.x+json", false, false}}) {
    EXPECT_EQ(origin(attributes_and(content_type)), with ? "in.body" : "in.headers")
        << content_type;
    EXPECT_EQ(origin({{"content-type", content_type}}),
              without ? "in.body"
                      : "Your request looks like it's using the CloudEvents binary content mode, "
                        "but the ce-specversion header is missing.")
        << content_type;
  }
}

TEST(DecodeHttp, Version01InBinaryModeIsSeenByItsOwnHeader) {
  EXPECT_EQ(origin({{"content-type", "application/json"},
                    {"CE-CloudEventsVersion", "0.1"},
                    {"CE-EventType", "in.headers"},
                    {"CE-Source", "/x"},
                    {"CE-EventID", "1"}}),
            "in.headers");
}

TEST(DecodeHttp, BatchesAreTakenUnderBothNames) {
  const std::string batch = "[" + kEvent + "," + kEvent + "]";
  for (const std::string_view content_type :
       {"application/cloudevents-batch+json", "application/cloudevents-batch",
        "APPLICATION/CLOUDEVENTS-BATCH+JSON; charset=utf-8"}) {
    const auto delivery = decode(attributes_and(content_type), batch);
    ASSERT_TRUE(delivery) << delivery.error().message;
    EXPECT_TRUE(delivery->is_batch);
    ASSERT_EQ(delivery->events.size(), 2U);
    EXPECT_EQ(delivery->events[1]->json(), kEvent);
  }
  const auto empty = decode({{"content-type", "application/cloudevents-batch+json"}}, "[]");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->is_batch);
  EXPECT_TRUE(empty->events.empty());
}

TEST(DecodeHttp, AnEventWithoutDataNeedsNoContentType) {
  EXPECT_EQ(origin(kAttributes, ""), "in.headers");
}

TEST(DecodeHttp, OtherContentTypesAreNotSupported) {
  struct Case {
    Headers headers;
    std::string_view message;
  };
  for (const auto& [headers, message] : std::initializer_list<Case>{
           {{}, "The request has no content-type header."},
           {kAttributes, "The request has no content-type header."},
           {{{"content-type", ""}}, "The content-type header is not a media type."},
           {{{"content-type", "json"}}, "The content-type header is not a media type."},
           {{{"content-type", "application/json"}, {"Content-Type", "application/json"}},
            "The content-type header is repeated."},
           {{{"content-type", "application/CloudEvents+XML; secret=1"}},
            "The given content-type \"application/cloudevents+xml\" is currently not supported for "
            "structured mode."},
           {attributes_and("application/cloudevents+avro"),
            "The given content-type \"application/cloudevents+avro\" is currently not supported "
            "for "
            "structured mode."},
           {{{"content-type", "application/cloudevents-batch+xml"}},
            "The given content-type \"application/cloudevents-batch+xml\" is currently not "
            "supported "
            "for batch mode."}}) {
    const auto delivery = decode(headers, kEvent);
    ASSERT_FALSE(delivery) << message;
    EXPECT_EQ(delivery.error().kind, DecodeError::Kind::kUnsupported);
    EXPECT_EQ(delivery.error().message, message);
  }
}

TEST(DecodeHttp, RefusalsSayWhatTheBodyShouldHaveBeen) {
  struct Case {
    std::string_view content_type;
    std::string_view body;
    std::string_view message;
  };
  for (const auto& [content_type, body, message] : std::initializer_list<Case>{
           {"application/json", "",
            "The request body does not look like a CloudEvent: it is empty"},
           {"application/cloudevents+json", R"({"specversion":"1.0","type":"t","source":"/x"})",
            "The request body does not look like a CloudEvent: the required attribute \"id\" is "
            "missing"},
           {"application/cloudevents+json", "[]",
            "The request body does not look like a CloudEvent: it is not a JSON object"},
           {"application/cloudevents-batch+json", "{}",
            "The request body does not look like a batch of CloudEvents: it is not a JSON array"},
           {"application/cloudevents-batch+json", "[{}]",
            "The request body does not look like a batch of CloudEvents: event 1: the required "
            "attribute \"specversion\" is missing"}}) {
    const auto delivery = decode({{"content-type", content_type}}, std::string(body));
    ASSERT_FALSE(delivery) << body;
    EXPECT_EQ(delivery.error().kind, DecodeError::Kind::kInvalid);
    EXPECT_EQ(delivery.error().message, message);
  }
}

}  // namespace
}  // namespace rig::cloudevents

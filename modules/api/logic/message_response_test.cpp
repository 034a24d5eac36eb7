#include "logic/message_response.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace rig::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using transport::HttpResponse;

constexpr auto kJsonType = "application/json; charset=utf-8";
constexpr auto kTextType = "text/plain; charset=utf-8";

class NoPlans final : public cloudevents::FieldPlans {
 public:
  [[nodiscard]] const cloudevents::FieldPlan* plan_for(std::string_view) const noexcept override {
    return nullptr;
  }
};

cloudevents::Decoded<cloudevents::Delivery> decode(
    std::initializer_list<std::pair<std::string_view, std::string_view>> headers,
    std::string body) {
  transport::HttpRequest request;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  request.body = std::move(body);
  return api::decode(std::move(request), NoPlans());
}

HttpResponse answer(std::initializer_list<std::pair<std::string_view, std::string_view>> headers,
                    std::string body) {
  auto delivery = decode(headers, std::move(body));
  return delivery ? accepted(*delivery) : refused(std::move(delivery).error());
}

HttpResponse answer_structured(std::string body) {
  return answer({{"Content-Type", "application/cloudevents+json"}}, std::move(body));
}

HttpResponse answer_batch(std::string body) {
  return answer({{"content-type", "application/cloudevents-batch+json"}}, std::move(body));
}

std::string event(const std::string& id) {
  return R"({ "specversion":"1.0", "type":"greeting","source":"/test","id":")" + id + R"("})";
}

TEST(MessageResponse, StructuredEventIsAnsweredWithItsOwnBytes) {
  const std::string text =
      R"({"id" : "1","type":"greeting", "source":"/test","specversion":"0.2","x":1.50})";
  const auto response = answer_structured(text);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.content_type, kJsonType);
  EXPECT_EQ(response.body, text);
}

TEST(MessageResponse, BinaryEventIsAnsweredAsTheJsonThatSubscribersGet) {
  const auto delivery = decode({{"content-type", "text/plain"},
                                {"ce-specversion", "1.0"},
                                {"ce-type", "greeting"},
                                {"ce-source", "/test"},
                                {"ce-id", "7"}},
                               "hello");
  ASSERT_TRUE(delivery);
  const auto response = accepted(*delivery);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, delivery->events.front()->json());
  EXPECT_THAT(response.body, HasSubstr(R"("hello")"));
}

TEST(MessageResponse, MoreHeadersThanUsualAreAllRead) {
  transport::HttpRequest request;
  for (int i = 0; i < 100; ++i) request.headers.add("x-" + std::to_string(i), "x");
  request.headers.add("content-type", "application/cloudevents+json");
  request.body = event("1");
  EXPECT_TRUE(api::decode(std::move(request), NoPlans()));
}

TEST(MessageResponse, BatchIsAnsweredAsAnArrayInItsOrder) {
  const auto response = answer_batch("[" + event("1") + " , " + event("2") + "]");
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.content_type, kJsonType);
  EXPECT_EQ(response.body, "[" + event("1") + "," + event("2") + "]");
}

TEST(MessageResponse, BatchOfOneOrNoneIsStillAnArray) {
  EXPECT_EQ(answer_batch("[" + event("1") + "]").body, "[" + event("1") + "]");
  EXPECT_EQ(answer_batch("[]").status, 202);
  EXPECT_EQ(answer_batch("[]").body, "[]");
}

TEST(MessageResponse, WhatIsNoEventIsRefusedAsText) {
  for (const char* body : {"", "{}", "[]", "null", "nonsense", R"({"specversion":"1.0"})"}) {
    const auto response = answer_structured(body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.content_type, kTextType);
    EXPECT_THAT(response.body, Not(IsEmpty()));
  }
}

TEST(MessageResponse, MissingAttributeIsNamed) {
  const auto response =
      answer_structured(R"({"specversion":"1.0","type":"greeting","source":"/test"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("id"));
}

TEST(MessageResponse, UnservedFormatIsUnsupported) {
  const auto response = answer({{"content-type", "application/cloudevents+xml"}}, "<event/>");
  EXPECT_EQ(response.status, 415);
  EXPECT_EQ(response.content_type, kTextType);
}

TEST(MessageResponse, OneBadEventRefusesTheBatch) {
  EXPECT_EQ(answer_batch("[" + event("1") + R"(,{"specversion":"1.0"}])").status, 400);
}

TEST(MessageResponse, RefusalNeverRepeatsCredentials) {
  const std::string secret = "Bearer top-secret";
  for (const char* type : {"text/plain", "application/cloudevents+json",
                           "application/cloudevents-batch+json", "application/cloudevents+xml"}) {
    const auto response = answer({{"content-type", type},
                                  {"authorization", secret},
                                  {"ce-specversion", "1.0"},
                                  {"ce-source", secret}},
                                 secret);
    EXPECT_GE(response.status, 400) << type;
    EXPECT_THAT(response.body, Not(HasSubstr("top-secret"))) << type;
    EXPECT_TRUE(response.headers.empty());
  }
}

TEST(MessageResponse, OverloadAsksToTryAgain) {
  const auto response = overloaded(0, 1);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.content_type, kJsonType);
  EXPECT_EQ(response.headers.find("Retry-After"), "1");
  EXPECT_EQ(response.body,
            R"({"message":"The gateway is overloaded. Nothing was accepted, try again later.",)"
            R"("accepted":0})");
}

TEST(MessageResponse, OverloadInsideABatchSaysHowManyWereAccepted) {
  const auto response = overloaded(2, 3);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.find("Retry-After"), "1");
  EXPECT_THAT(response.body, HasSubstr("first 2 of 3 events"));
  EXPECT_THAT(response.body, HasSubstr(R"("accepted":2})"));
}

}  // namespace
}  // namespace rig::api

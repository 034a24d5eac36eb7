#include "logic/session_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace rig::api {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr seconds kLongest(std::numeric_limits<std::int64_t>::max());

auto parse(std::string body, std::string_view type = "application/json") {
  transport::HttpRequest request;
  if (!type.empty()) request.headers.add("content-type", type);
  request.body = std::move(body);
  return parse_blacklist_request(request);
}

std::string with_validity(const std::string& validity) {
  return R"({"sessionId":"abc","validityInSeconds":)" + validity + "}";
}

/// The text of the 400.
std::string refusal(const std::string& body) {
  const auto request = parse(body);
  if (request) return "accepted";
  EXPECT_EQ(request.error().status, 400) << body;
  EXPECT_EQ(request.error().content_type, "") << body;
  return request.error().body;
}

seconds validity_of(const std::string& validity) {
  const auto request = parse(with_validity(validity));
  EXPECT_TRUE(request) << validity;
  return request ? request->validity : seconds(-1);
}

TEST(BlacklistRequest, NamesASessionAndATime) {
  const auto request = parse(R"({"sessionId":"a/ü b","validityInSeconds":60,"more":[]})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->session, "a/ü b");
  EXPECT_EQ(request->validity, seconds(60));
}

TEST(BlacklistRequest, NumbersAndNumbersInStringsAreTimes) {
  EXPECT_EQ(validity_of("1"), seconds(1));
  EXPECT_EQ(validity_of("60.0"), seconds(60));
  EXPECT_EQ(validity_of("6e1"), seconds(60));
  EXPECT_EQ(validity_of(R"("30")"), seconds(30));
  EXPECT_EQ(validity_of(R"("+030")"), seconds(30));
}

TEST(BlacklistRequest, WhatDoesNotFitIsTheLongestTime) {
  for (const char* longest : {"9223372036854775807", "9223372036854775808", "18446744073709551615",
                              "1e30", "100000000000000000000000", R"("100000000000000000000000")"})
    EXPECT_EQ(validity_of(longest), kLongest) << longest;
}

TEST(BlacklistRequest, MissingValuesAreNamed) {
  EXPECT_EQ(refusal("{}"), R"(Missing value for "sessionId")");
  EXPECT_EQ(refusal("[]"), R"(Missing value for "sessionId")");
  EXPECT_EQ(refusal("null"), R"(Missing value for "sessionId")");
  EXPECT_EQ(refusal(R"("sessionId")"), R"(Missing value for "sessionId")");
  EXPECT_EQ(refusal(R"({"validityInSeconds":60})"), R"(Missing value for "sessionId")");
  EXPECT_EQ(refusal(R"({"sessionId":"abc"})"), R"(Missing value for "validityInSeconds")");
}

TEST(BlacklistRequest, SessionIsAStringThatIsNotEmpty) {
  const auto got = [](const std::string& session) {
    return refusal(R"({"validityInSeconds":60,"sessionId":)" + session + "}");
  };
  EXPECT_EQ(got(R"("")"), R"(Expected non-empty string, got "")");
  EXPECT_EQ(got("7"), "Expected non-empty string, got 7");
  EXPECT_EQ(got("1.5"), "Expected non-empty string, got 1.5");
  EXPECT_EQ(got("null"), "Expected non-empty string, got nil");
  EXPECT_EQ(got("true"), "Expected non-empty string, got true");
  EXPECT_EQ(got("[1,2]"), "Expected non-empty string, got [1,2]");
  EXPECT_EQ(got(R"({"a":1})"), R"(Expected non-empty string, got {"a":1})");
}

TEST(BlacklistRequest, SessionIsBounded) {
  const auto with_session = [](std::size_t size) {
    return R"({"validityInSeconds":60,"sessionId":")" + std::string(size, 'x') + R"("})";
  };
  EXPECT_TRUE(parse(with_session(1024)));
  EXPECT_EQ(refusal(with_session(1025)),
            "Expected a string of at most 1024 bytes, got one of 1025");
}

TEST(BlacklistRequest, TimeIsPositive) {
  const auto got = [](const std::string& validity) { return refusal(with_validity(validity)); };
  EXPECT_EQ(got("0"), "Expected a positive number, got 0");
  EXPECT_EQ(got("-5"), "Expected a positive number, got -5");
  EXPECT_EQ(got("-1.5"), "Expected a positive number, got -1.5");
  EXPECT_EQ(got("null"), "Expected a positive number, got nil");
  EXPECT_EQ(got("true"), "Expected a positive number, got true");
  EXPECT_EQ(got("false"), "Expected a positive number, got false");
  EXPECT_EQ(got("[]"), "Expected a positive number, got []");
  EXPECT_EQ(got(R"("")"), R"(Expected a positive number, got "")");
  EXPECT_EQ(got(R"("0")"), R"(Expected a positive number, got "0")");
  EXPECT_EQ(got(R"("-3")"), R"(Expected a positive number, got "-3")");
}

TEST(BlacklistRequest, TimeIsANumber) {
  const auto got = [](const std::string& validity) { return refusal(with_validity(validity)); };
  EXPECT_EQ(got(R"("abc")"), R"(Expected a number, got "abc")");
  EXPECT_EQ(got(R"("a\"b")"), R"(Expected a number, got "a\"b")");
  EXPECT_EQ(got(R"("1.5")"), R"(Expected a number, got "1.5")");
  EXPECT_EQ(got(R"(" 1")"), R"(Expected a number, got " 1")");
  EXPECT_EQ(got(R"("-")"), R"(Expected a number, got "-")");
}

// Version 3 answered with 500.
TEST(BlacklistRequest, TimeIsNoFraction) {
  EXPECT_EQ(refusal(with_validity("1.5")), "Expected a whole number, got 1.5");
  EXPECT_EQ(refusal(with_validity("0.25")), "Expected a whole number, got 0.25");
}

TEST(BlacklistRequest, LongValuesAreCutBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ü";
  const auto text = refusal(with_validity("\"x" + umlauts + "\""));
  EXPECT_THAT(text, StartsWith("Expected a number, got \"xüü"));
  EXPECT_LT(text.size(), 130U);
  EXPECT_THAT(text, testing::EndsWith("ü\""));
}

TEST(BlacklistRequest, BodyMustBeJson) {
  for (const char* body : {"", "{", "sessionId=abc", R"({"sessionId":"abc",})", "{} {}"}) {
    const auto request = parse(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().status, 400) << body;
    EXPECT_EQ(request.error().body, "Expected JSON encoded body.");
  }
  EXPECT_FALSE(parse(std::string(10'000, '[')));
}

TEST(BlacklistRequest, OtherMediaTypesAreNotServed) {
  for (const char* type : {"application/x-www-form-urlencoded", "text/plain", "application/jsonp",
                           "application/xml; charset=utf-8", "json"}) {
    const auto request = parse(with_validity("60"), type);
    ASSERT_FALSE(request) << type;
    EXPECT_EQ(request.error().status, 415) << type;
    EXPECT_THAT(request.error().body, HasSubstr("application/json"));
  }
  for (const char* type : {"", "application/json", "Application/JSON ; charset=utf-8"})
    EXPECT_TRUE(parse(with_validity("60"), type)) << type;
}

TEST(ListRequest, ParametersAreOptional) {
  for (const char* query : {"", "limit=&after=&user=", "other=1"}) {
    const auto list = parse_list_request(query);
    ASSERT_TRUE(list) << query;
    EXPECT_EQ(list->limit, 100U);
    EXPECT_EQ(list->after, "");
    EXPECT_EQ(list->user, "");
  }
  const auto list = parse_list_request("limit=1000&after=a%2Fb&user=ann+b");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->limit, 1000U);
  EXPECT_EQ(list->after, "a/b");
  EXPECT_EQ(list->user, "ann b");
}

TEST(ListRequest, LimitHasARange) {
  for (const char* limit : {"0", "1001", "-1", "x", "1x", "1.5", "+1", "99999999999999999999"}) {
    const auto list = parse_list_request(std::string("limit=") + limit);
    ASSERT_FALSE(list) << limit;
    EXPECT_EQ(list.error().status, 400) << limit;
    EXPECT_EQ(list.error().body, R"({"message":"The limit must be a number from 1 to 1000."})");
  }
}

TEST(LastSegment, IsDecoded) {
  EXPECT_EQ(last_segment("/v3/sessions/abc"), "abc");
  EXPECT_EQ(last_segment("/v3/sessions/abc/"), "abc");
  EXPECT_EQ(last_segment("/v3/sessions/a%2Fb%20c%25+d"), "a/b c%+d");
  EXPECT_EQ(last_segment("/v3/sessions/%zz"), std::nullopt);
  EXPECT_EQ(last_segment("/v3/sessions/a%2"), std::nullopt);
}

}  // namespace
}  // namespace rig::api

#include "logic/session_response.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rig::api {
namespace {

constexpr auto kJsonType = "application/json; charset=utf-8";

sessions::Connection connection(std::string session, std::string user) {
  using namespace std::chrono_literals;
  const std::chrono::sys_days day = std::chrono::year(2026) / 1 / 2;
  return {std::move(session), std::move(user),         "sse", day + 3h + 4min + 5s + 67'890us,
          "node-1",           R"([{"eventType":"t"}])"};
}

constexpr auto kAnn =
    R"({"session":"a","user":"ann","transport":"sse","since":"2026-01-02T03:04:05.067Z",)"
    R"("node":"node-1","subscriptions":[{"eventType":"t"}]})";
constexpr auto kNobody =
    R"({"session":"a","user":null,"transport":"sse","since":"2026-01-02T03:04:05.067Z",)"
    R"("node":"node-1","subscriptions":[{"eventType":"t"}]})";

TEST(SessionResponse, LocationIsWhereItCanBeAskedFor) {
  const auto response = cut_off("/v2/session-blacklist", "a/b c%ü~");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.content_type, kJsonType);
  EXPECT_EQ(response.body, "{}");
  EXPECT_EQ(response.headers.find("location"), "/v2/session-blacklist/a%2Fb%20c%25%C3%BC~");
  EXPECT_EQ(cut_off("/v3/session-blacklist/", "x\r\ny").headers.find("location"),
            "/v3/session-blacklist/x%0D%0Ay");
}

TEST(SessionResponse, WhatIsNotOnTheBlacklistIsNotFound) {
  EXPECT_EQ(is_cut_off(true).status, 200);
  EXPECT_EQ(is_cut_off(true).body, "{}");
  EXPECT_EQ(is_cut_off(true).content_type, kJsonType);
  for (const auto& response : {is_cut_off(false), let_in(false)}) {
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "Not found.");
    EXPECT_EQ(response.content_type, "");
  }
  EXPECT_EQ(let_in(true).status, 204);
  EXPECT_EQ(let_in(true).body, "");
}

TEST(SessionResponse, FullBlacklistNamesItsSetting) {
  EXPECT_EQ(blacklist_full().status, 503);
  EXPECT_EQ(blacklist_full().body,
            R"({"message":"The session blacklist is full (RIG_BLACKLIST_MAX)."})");
}

TEST(SessionResponse, PageSaysWhereTheNextOneBegins) {
  EXPECT_EQ(page_of({}, {}).status, 200);
  EXPECT_EQ(page_of({}, {}).content_type, kJsonType);
  EXPECT_EQ(page_of({}, {}).body, R"({"connections":[],"next":null})");
  const auto page = page_of({{connection("a", "ann"), connection("a", "")}, "a\"b"}, {});
  EXPECT_EQ(page.body,
            std::string(R"({"connections":[)") + kAnn + "," + kNobody + R"(],"next":"a\"b"})");
}

TEST(SessionResponse, SessionIsItsConnections) {
  EXPECT_EQ(session_with("a", {connection("a", "ann")}, {}).body,
            std::string(R"({"session":"a","connections":[)") + kAnn + "]}");
  const auto none = session_with("a", {}, {});
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.body, R"({"message":"No connection is in this session."})");
}

TEST(SessionResponse, NodesThatDidNotAnswerAreNamed) {
  EXPECT_EQ(page_of({}, {"b", "c\""}).body,
            R"({"connections":[],"next":null,"incomplete":["b","c\""]})");
  EXPECT_EQ(session_with("a", {connection("a", "ann")}, {"b"}).body,
            std::string(R"({"session":"a","connections":[)") + kAnn + R"(],"incomplete":["b"]})");
  EXPECT_EQ(session_with("a", {}, {"b"}).status, 503) << "it may be there";
}

}  // namespace
}  // namespace rig::api

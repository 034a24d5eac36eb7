#include "logic/session_messages.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rig::api {
namespace {

TEST(SessionMessages, AQuestionComesBackFromItsText) {
  const auto parsed = parse_session_question(to_text(SessionQuestion{"a\n", 100, "s", "u"}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->after, "a\n");
  EXPECT_EQ(parsed->limit, 100U);
  EXPECT_EQ(parsed->session, "s");
  EXPECT_EQ(parsed->user, "u");
}

TEST(SessionMessages, APageComesBackFromItsText) {
  sessions::Connection one{
      "s",      "u",
      "sse",    std::chrono::system_clock::time_point(std::chrono::milliseconds(1'234'567)),
      "node-1", R"([{"eventType":"t"}])"};
  auto other = one;
  other.session = "t";
  other.user = "";
  const auto parsed = parse_session_page(to_text(sessions::Page{{one, other}, "t"}));
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->connections.size(), 2U);
  const auto& first = parsed->connections[0];
  EXPECT_EQ(first.session, "s");
  EXPECT_EQ(first.user, "u");
  EXPECT_EQ(first.transport, "sse");
  EXPECT_EQ(first.since, one.since);
  EXPECT_EQ(first.node, "node-1");
  EXPECT_EQ(first.subscriptions_json, one.subscriptions_json);
  EXPECT_EQ(parsed->connections[1].session, "t");
  EXPECT_EQ(parsed->next, "t");
  EXPECT_EQ(parse_session_page(to_text(sessions::Page{}))->next, std::nullopt);
}

TEST(SessionMessages, WhatIsNoMessageIsNone) {
  for (const auto* text : {"x", "limit 1\nx\n", "after 1\na\n"})
    EXPECT_FALSE(parse_session_question(text)) << text;
  for (const auto* text :
       {"x", "connection 1\nx\n", "connection 0\n\n", "connection 12\nsession 1\ns\n\n"})
    EXPECT_FALSE(parse_session_page(text)) << text;
}

}  // namespace
}  // namespace rig::api

#include "logic/call_messages.hpp"

#include <gtest/gtest.h>

namespace rig::answers {
namespace {

TEST(AnswerCall, ComesBackFromItsText) {
  const AnswerCall call{"C", {201, {{"content-type", "a/b"}, {"set-cookie", "x"}}, "body\n"}};
  const auto parsed = parse_answer_call(to_text(call));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->correlation, "C");
  EXPECT_EQ(parsed->answer.status, 201);
  EXPECT_EQ(parsed->answer.headers, call.answer.headers);
  EXPECT_EQ(parsed->answer.body, "body\n");
}

TEST(AnswerCall, OfAnythingElseIsNone) {
  for (const auto* text :
       {"", "x", "correlation 1\nC\n", "correlation 1\nC\nheader.rig-response-code 3\n199\n",
        "correlation 1\nC\nheader.rig-response-code 3\nabc\n", "header.rig-response-code 3\n200\n"})
    EXPECT_FALSE(parse_answer_call(text)) << text;
}

}  // namespace
}  // namespace rig::answers

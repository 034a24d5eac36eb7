#include "logic/call_messages.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::transport {
namespace {

TEST(CallMessages, ARequestArrivesWithWhatIsLookedAt) {
  HttpRequest request;
  request.method = "PUT";
  request.target = "/_rig/v1/connection/sse/T/subscriptions?jwt=x";
  request.body = "{\n\"a\": 1}";
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Authorization", "Bearer a");
  request.headers.add("authorization", "Bearer b");
  request.headers.add("Cookie", "none of their business");
  const auto arrived = request_of_call(to_call(request));
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->method, "PUT");
  EXPECT_EQ(arrived->target, request.target);
  EXPECT_EQ(arrived->body, request.body);
  ASSERT_EQ(arrived->headers.size(), 3U) << "all credentials, and no cookie";
  EXPECT_EQ(arrived->headers[2].value, "Bearer b");
  EXPECT_EQ(arrived->headers.find("content-type"), "application/json");
}

TEST(CallMessages, AnAnswerArrivesAsItIs) {
  auto response = HttpResponse::text(401, "No.");
  response.headers.add("www-authenticate", "Bearer");
  response.reason = "Because";
  const auto arrived = response_of_answer(to_answer(response));
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->status, 401);
  EXPECT_EQ(arrived->content_type, response.content_type);
  EXPECT_EQ(arrived->body, "No.");
  EXPECT_EQ(arrived->reason, "Because");
  EXPECT_EQ(arrived->headers.find("www-authenticate"), "Bearer");
}

TEST(CallMessages, NothingGetsIntoTheHeadOfAnAnswer) {
  const auto arrived =
      response_of_answer("status 3\n200\nheader.a 5\nb\r\nc:\nheader.d 1\ne\nbody 2\n\r\n\n");
  ASSERT_TRUE(arrived);
  EXPECT_EQ(arrived->headers.size(), 1U);
  EXPECT_EQ(arrived->headers.find("d"), "e");
  EXPECT_EQ(arrived->body, "\r\n");
  EXPECT_FALSE(response_of_answer("status 3\n200\nreason 3\na\r\n\n"));
  EXPECT_FALSE(response_of_answer("status 3\n200\ncontent-type 3\na\r\n\n"));
}

TEST(CallMessages, APollAndItsAnswerArrive) {
  using std::chrono::milliseconds;
  const auto call = poll_of_call(to_call(PollCall{"T", "c~1", milliseconds(4'999)}));
  ASSERT_TRUE(call);
  EXPECT_EQ(call->token, "T");
  EXPECT_EQ(call->seen, "c~1");
  EXPECT_EQ(call->wait, milliseconds(4'999));
  const auto some = poll_of_answer(to_answer(PollAnswer{PollPage{"c~2", "[{}]"}, false}));
  ASSERT_TRUE(some && some->page);
  EXPECT_EQ(some->page->last_event_id, "c~2");
  EXPECT_EQ(some->page->events, "[{}]");
  EXPECT_FALSE(some->may_come);
  EXPECT_TRUE(poll_of_answer(to_answer(PollAnswer{PollPage{"c~2", "[]"}, true}))->may_come);
  EXPECT_FALSE(poll_of_answer(to_answer(PollAnswer{}))->page);
}

TEST(CallMessages, WhatIsNoMessageIsNone) {
  for (const auto* text : {"", "x", "a 1\nx\n", "status 3\n099\n", "status 3\n2x0\n",
                           "method 3\nPUT\n", "token 1\nT\n", "token 1\nT\nwait 2\n-1\n"}) {
    EXPECT_FALSE(request_of_call(text)) << text;
    EXPECT_FALSE(response_of_answer(text)) << text;
    EXPECT_FALSE(poll_of_call(text)) << text;
  }
  EXPECT_FALSE(poll_of_answer("x"));
}

TEST(CallMessages, WhoCannotBeReachedIsToldAsA503) {
  using peers::CallFailure;
  EXPECT_EQ(call_failed(CallFailure::kUnreachable).status, 503);
  EXPECT_EQ(call_failed(CallFailure::kTimedOut).status, 503);
  EXPECT_EQ(call_failed(CallFailure::kRefused).status, 503);
  EXPECT_EQ(call_failed(CallFailure::kTooLarge).status, 413);
}

}  // namespace
}  // namespace rig::transport

#include "logic/call_subjects.hpp"

#include <gtest/gtest.h>

namespace rig::cluster {
namespace {

const CallSubjects kHere("rig", 0xa);
const CallSubjects kThere("rig", 0xb);

TEST(CallSubjects, ACallComesToTheNodeThatIsCalled) {
  const auto subject = kHere.call(0xb, "subscriptions");
  EXPECT_EQ(subject, "rig.1.call.000000000000000b.subscriptions");
  EXPECT_EQ(kThere.calls_here(), "rig.1.call.000000000000000b.*");
  EXPECT_EQ(kThere.service_of(subject), "subscriptions");
  EXPECT_EQ(kHere.service_of(subject), std::nullopt);
  EXPECT_EQ(kThere.number_of(subject), std::nullopt);
}

TEST(CallSubjects, AnAnswerComesToTheNodeThatCalled) {
  const auto subject = kHere.reply(7);
  EXPECT_EQ(subject, "rig.1.reply.000000000000000a.7");
  EXPECT_EQ(kHere.replies_here(), "rig.1.reply.000000000000000a.*");
  EXPECT_EQ(kHere.number_of(subject), 7U);
  EXPECT_EQ(kThere.number_of(subject), std::nullopt);
  EXPECT_EQ(kHere.service_of(subject), std::nullopt);
}

TEST(CallSubjects, WhatIsNoNumberIsNoCall) {
  for (const auto* text : {"", "x", "7x", "-1", "99999999999999999999999"})
    EXPECT_EQ(kHere.number_of("rig.1.reply.000000000000000a." + std::string(text)), std::nullopt);
}

TEST(CallSubjects, OnlyNodesOfTheClusterAreAnswered) {
  EXPECT_TRUE(kHere.is_reply(kThere.reply(1)));
  for (const auto* subject : {"", "rig.1.event.t", "other.1.reply.000000000000000a.1",
                              "rig.1.reply.>", "rig.1.reply.*.1", "_INBOX.x"})
    EXPECT_FALSE(kHere.is_reply(subject)) << subject;
}

}  // namespace
}  // namespace rig::cluster

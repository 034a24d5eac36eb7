#include "io/denial_counters.hpp"

#include <rig/metrics/test_registry.hpp>

#include <gtest/gtest.h>

#include <string>

namespace rig::access {
namespace {

class DenialCountersTest : public testing::Test {
 protected:
  double value(const std::string& action, const std::string& reason) {
    return registry_.value("rig_access_denied_total,action=" + action + ",reason=" + reason);
  }

  metrics::TestRegistry registry_{1};
  DenialCounters counters_{registry_};
};

TEST_F(DenialCountersTest, WhatCanHappenIsThereFromTheStart) {
  for (const auto* action : {"identify", "subscribe", "submit", "manage", "authenticate"})
    for (const auto* reason :
         {"token_malformed", "token_overloaded", "session_blacklisted", "too_many_tokens"})
      EXPECT_EQ(value(action, reason), 0) << action << " " << reason;
  EXPECT_EQ(value("subscribe", "token_missing"), 0);
  EXPECT_EQ(value("submit", "service_unavailable"), 0);
  EXPECT_EQ(value("submit", "denied_by_service"), 0);
  EXPECT_EQ(value("manage", "credential"), 0);
  EXPECT_EQ(value("manage", "claim_missing"), 0);
  EXPECT_EQ(value("identify", "credential"), -1) << "cannot happen";
}

TEST_F(DenialCountersTest, EachIsCountedByActionAndReason) {
  counters_.add(Action::kSubmit, "token_expired");
  counters_.add(Action::kSubmit, "token_expired");
  counters_.add(Action::kManage, "token_expired");
  EXPECT_EQ(value("submit", "token_expired"), 2);
  EXPECT_EQ(value("manage", "token_expired"), 1);
}

TEST_F(DenialCountersTest, WhatHasNoNameIsCountedToo) {
  counters_.add(Action::kSubscribe, "a reason of tomorrow");
  EXPECT_EQ(value("subscribe", "other"), 1);
}

}  // namespace
}  // namespace rig::access

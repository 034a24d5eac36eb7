#include "logic/health_record.hpp"

#include <gtest/gtest.h>

namespace rig::proxy {
namespace {

TEST(HealthRecord, SomeFailuresInARowTakeItOut) {
  const HealthCheck check{.path = "/", .unhealthy_after = 3, .healthy_after = 2, .statuses = {}};
  HealthRecord record;
  EXPECT_TRUE(record.is_healthy());
  for (const bool is_success : {false, false, true, false, false})
    EXPECT_FALSE(record.note(check, is_success));
  EXPECT_TRUE(record.is_healthy());
  EXPECT_TRUE(record.note(check, false));
  EXPECT_FALSE(record.is_healthy());
  EXPECT_FALSE(record.note(check, false));
}

TEST(HealthRecord, SomeSuccessesInARowBringItBack) {
  const HealthCheck check{.path = "/", .unhealthy_after = 1, .healthy_after = 2, .statuses = {}};
  HealthRecord record;
  EXPECT_TRUE(record.note(check, false));
  for (const bool is_success : {true, false, true}) EXPECT_FALSE(record.note(check, is_success));
  EXPECT_FALSE(record.is_healthy());
  EXPECT_TRUE(record.note(check, true));
  EXPECT_TRUE(record.is_healthy());
}

TEST(HealthRecord, StatusesThatAreWell) {
  HealthCheck check;
  for (const int status : {200, 204, 302, 399}) EXPECT_TRUE(is_well(check, status)) << status;
  for (const int status : {0, 101, 400, 404, 500, 503}) EXPECT_FALSE(is_well(check, status));
  check.statuses = {204, 429};
  EXPECT_TRUE(is_well(check, 429));
  EXPECT_FALSE(is_well(check, 200));
}

}  // namespace
}  // namespace rig::proxy

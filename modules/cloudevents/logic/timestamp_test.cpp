#include "logic/timestamp.hpp"

#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

TEST(Timestamp, AcceptsDateTimesOfRfc3339) {
  for (const std::string_view text :
       {"2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02T03:04:05.6Z",
        "2026-01-02T03:04:05.678901234567+00:00", "2024-02-29T00:00:00-23:59",
        "1990-12-31T23:59:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
    EXPECT_TRUE(is_rfc3339(text)) << text;
  }
}

TEST(Timestamp, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      "2026-01-02",
                                      "2026-01-02T03:04Z",
                                      "2026-01-02T03:04:05",
                                      "2026-01-02 03:04:05Z",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-13-02T03:04:05Z",
                                      "2026-00-02T03:04:05Z",
                                      "2025-02-29T03:04:05Z",
                                      "2026-04-31T03:04:05Z",
                                      "2026-01-00T03:04:05Z",
                                      "2026-01-02T24:00:00Z",
                                      "2026-01-02T03:60:05Z",
                                      "2026-01-02T03:04:61Z",
                                      "2026-01-02T03:04:05+24:00",
                                      "2026-01-02T03:04:05+01:60",
                                      "2026-01-02T03:04:05+0100",
                                      "2026-01-02T03:04:05ZZ",
                                      "26-01-02T03:04:05Z",
                                      "2026-1-2T3:4:5Z",
                                      "x2026-01-02T03:04:05Z",
                                      "-026-01-02T03:04:05Z",
                                      "now"}) {
    EXPECT_FALSE(is_rfc3339(text)) << text;
  }
}

TEST(Timestamp, IsWrittenInUtcWithMicroseconds) {
  using std::chrono::microseconds;
  using Time = std::chrono::system_clock::time_point;
  EXPECT_EQ(format_rfc3339(Time()), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(format_rfc3339(Time(microseconds(1767323045678901))),
            "2026-01-02T03:04:05.678901+00:00");
  EXPECT_TRUE(is_rfc3339(format_rfc3339(Time(microseconds(1767323045678901)))));
}

}  // namespace
}  // namespace rig::cloudevents

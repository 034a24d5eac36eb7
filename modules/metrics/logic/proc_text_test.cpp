#include "logic/proc_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::metrics {
namespace {

std::string stat_of(const std::string& name) {
  return "4711 (" + name +
         ") S 1 4711 4711 0 -1 4194560 9000 0 3 0 17 5 0 0 20 0 4 0 123456789 "
         "55000000 2500 18446744073709551615 1 1 0 0 0 0 0 4096 0\n";
}

TEST(ProcText, ResidentPagesAreTheSecondWord) {
  EXPECT_EQ(resident_pages("5170 1222 1003 40 0 300 0\n"), 1222U);
  EXPECT_EQ(resident_pages("5170 1222"), 1222U);
}

TEST(ProcText, StartIsFoundBehindAnyProgramName) {
  EXPECT_EQ(start_ticks(stat_of("rig")), 123456789U);
  EXPECT_EQ(start_ticks(stat_of("a b) S 1 (c")), 123456789U);
}

TEST(ProcText, OddTextIsNothing) {
  EXPECT_EQ(resident_pages(""), std::nullopt);
  EXPECT_EQ(resident_pages("5170"), std::nullopt);
  EXPECT_EQ(resident_pages("5170 x"), std::nullopt);
  EXPECT_EQ(start_ticks(""), std::nullopt);
  EXPECT_EQ(start_ticks("4711 (rig"), std::nullopt);
  EXPECT_EQ(start_ticks("4711 (rig) S 1 2 3"), std::nullopt);
}

}  // namespace
}  // namespace rig::metrics

#include <rig/core/units.hpp>

#include <gtest/gtest.h>

namespace rig::core {
namespace {

using std::chrono::milliseconds;

TEST(Units, IntegersAreWholeDecimalTexts) {
  EXPECT_EQ(parse_integer("4000"), 4000);
  EXPECT_EQ(parse_integer("-5"), -5);
  EXPECT_EQ(parse_integer("+5"), 5);
  EXPECT_EQ(parse_integer("007"), 7);
  for (const char* bad :
       {"", "+", "-", "+-5", "--5", " 5", "5 ", "5x", "0x10", "5.0", "1e3", "9223372036854775808"})
    EXPECT_EQ(parse_integer(bad), std::nullopt) << bad;
}

TEST(Units, BytesTakeBinaryUnitsInAnyCase) {
  EXPECT_EQ(parse_bytes("4096"), 4096);
  EXPECT_EQ(parse_bytes("64KiB"), 65536);
  EXPECT_EQ(parse_bytes("1mib"), 1 << 20);
  EXPECT_EQ(parse_bytes("2GiB"), std::int64_t{2} << 30);
  for (const char* bad : {"", "KiB", "-1", "+1", "1 KiB", "1KB", "1K", "1.5MiB", "9000000000GiB"})
    EXPECT_EQ(parse_bytes(bad), std::nullopt) << bad;
}

TEST(Units, DurationsWithoutUnitAreMilliseconds) {
  EXPECT_EQ(parse_duration("250"), milliseconds(250));
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("15s"), milliseconds(15'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("1h"), milliseconds(3'600'000));
  for (const char* bad : {"", "s", "-1s", "1 s", "1d", "1.5s", "9223372036854775807h"})
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Units, BooleansTakeSixWordsInAnyCase) {
  for (const char* yes : {"true", "TRUE", "1", "Yes"}) EXPECT_EQ(parse_boolean(yes), true) << yes;
  for (const char* no : {"false", "False", "0", "NO"}) EXPECT_EQ(parse_boolean(no), false) << no;
  for (const char* bad : {"", "on", "off", "y", "2", "true "})
    EXPECT_EQ(parse_boolean(bad), std::nullopt) << bad;
}

TEST(Units, AmountsAreWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(to_text(milliseconds(1500)), "1500ms");
  EXPECT_EQ(to_text(milliseconds(90'000)), "90s");
  EXPECT_EQ(to_text(milliseconds(7'200'000)), "2h");
  EXPECT_EQ(to_text(milliseconds(0)), "0ms");
  EXPECT_EQ(bytes_to_text(65536), "64KiB");
  EXPECT_EQ(bytes_to_text(1000), "1000");
  EXPECT_EQ(bytes_to_text(0), "0");
  EXPECT_EQ(bytes_to_text(std::int64_t{1} << 30), "1GiB");
}

}  // namespace
}  // namespace rig::core

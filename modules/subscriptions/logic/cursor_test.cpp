#include <rig/subscriptions/cursor.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace rig::subscriptions {
namespace {

Cursor longest() {
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  constexpr auto kLog = std::numeric_limits<std::uint32_t>::max();
  return {kLog, kMax, kMax, cloudevents::LogPlaces(Cursor::kElsewhereMax, {kLog, kMax})};
}

TEST(Cursor, ComesBackFromItsText) {
  for (const Cursor& cursor :
       {Cursor{}, Cursor{1, 2, 3}, Cursor{0xdeadbeef, 123'456'789, 1'800'000'000},
        Cursor{std::numeric_limits<std::uint32_t>::max(), std::numeric_limits<std::uint64_t>::max(),
               std::numeric_limits<std::uint64_t>::max()},
        Cursor{1, 2, 3, {{4, 5}}}, Cursor{1, 2, 3, {{4, 5}, {6, 7}, {1, 1}}}, longest()}) {
    const auto text = cursor.text();
    EXPECT_LE(text.size(), Cursor::kTextMax);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-_"), std::string::npos);
    EXPECT_EQ(Cursor::parse(text), cursor) << text;
  }
}

TEST(Cursor, OfAnythingElseIsNone) {
  for (const char* text : {"",
                           "first_event",
                           "-",
                           "--",
                           "1-2",
                           "1-2-",
                           "1--3",
                           "-2-3",
                           "1-2-3-4",
                           "1-2-3 ",
                           " 1-2-3",
                           "+1-2-3",
                           "1-2--3",
                           "1-2-3\n",
                           "zzzzzzzz-1-1",
                           "1-zzzzzzzzzzzzzz-1",
                           "1_2_3",
                           "0123456789012345678901234567890123456789-1-1",
                           "1-2-3_",
                           "1-2-3_4",
                           "1-2-3_4-",
                           "1-2-3_4-5_",
                           "1-2-3_4-5-6",
                           "1-2-3__4-5",
                           "1-2_4-5",
                           "1-2-3_-4-5",
                           "1-2-3_zzzzzzzz-1"}) {
    EXPECT_EQ(Cursor::parse(text), std::nullopt) << text;
  }
  EXPECT_EQ(Cursor::parse(longest().text() + "_1-1"), std::nullopt);
}

}  // namespace
}  // namespace rig::subscriptions

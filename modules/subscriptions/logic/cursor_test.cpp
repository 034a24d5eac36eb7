#include <rig/subscriptions/cursor.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace rig::subscriptions {
namespace {

TEST(Cursor, ComesBackFromItsText) {
  for (const Cursor& cursor :
       {Cursor{}, Cursor{1, 2, 3}, Cursor{0xdeadbeef, 123'456'789, 1'800'000'000},
        Cursor{std::numeric_limits<std::uint32_t>::max(), std::numeric_limits<std::uint64_t>::max(),
               std::numeric_limits<std::uint64_t>::max()}}) {
    const auto text = cursor.text();
    EXPECT_LE(text.size(), Cursor::kTextMax);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
    EXPECT_EQ(Cursor::parse(text), cursor) << text;
  }
}

TEST(Cursor, OfAnythingElseIsNone) {
  for (const char* text :
       {"", "first_event", "-", "--", "1-2", "1-2-", "1--3", "-2-3", "1-2-3-4", "1-2-3 ", " 1-2-3",
        "+1-2-3", "1-2--3", "1-2-3\n", "zzzzzzzz-1-1", "1-zzzzzzzzzzzzzz-1", "1_2_3",
        "0123456789012345678901234567890123456789-1-1"}) {
    EXPECT_EQ(Cursor::parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rig::subscriptions

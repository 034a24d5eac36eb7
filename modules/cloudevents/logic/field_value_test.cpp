#include <rig/cloudevents/field_value.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

namespace rig::cloudevents {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(FieldValue, EqualNumbersAreTheSameValueWhateverTheirType) {
  const auto expect_same = [](const FieldValue& a, const FieldValue& b) {
    EXPECT_EQ(a, b);
    EXPECT_EQ(a.hash(), b.hash());
  };
  expect_same(FieldValue(std::int64_t{30}), FieldValue(30.0));
  expect_same(FieldValue(std::int64_t{30}), FieldValue(std::uint64_t{30}));
  expect_same(FieldValue(-0.0), FieldValue(std::int64_t{0}));
  expect_same(FieldValue(-0.0), FieldValue(0.0));
  expect_same(FieldValue(std::uint64_t{1} << 63U), FieldValue(9223372036854775808.0));
  expect_same(FieldValue(INT64_MIN), FieldValue(-9223372036854775808.0));
  expect_same(FieldValue(0.1), FieldValue(0.1));
  expect_same(FieldValue(kInfinity), FieldValue(kInfinity));
}

TEST(FieldValue, DifferentValuesDiffer) {
  const std::vector<FieldValue> values{
      FieldValue(), FieldValue(true), FieldValue(false), FieldValue(std::int64_t{0}),
      FieldValue(std::int64_t{1}), FieldValue(std::int64_t{-1}), FieldValue(INT64_MAX),
      FieldValue(INT64_MIN), FieldValue(UINT64_MAX),
      FieldValue(static_cast<std::uint64_t>(INT64_MAX) + 1), FieldValue(18446744073709551616.0),
      FieldValue(0.5), FieldValue(-0.5), FieldValue(1e300), FieldValue(kInfinity),
      FieldValue(-kInfinity), FieldValue(""), FieldValue("0"), FieldValue("1"), FieldValue("30"),
      FieldValue("true"), FieldValue("12345678"), FieldValue("123456789"),
      FieldValue(std::string_view("\0", 1)), FieldValue(std::string_view("\0\0", 2)),
      // 2^53 and its successor, which no double holds.
      FieldValue(9007199254740992.0), FieldValue(std::int64_t{9007199254740993})};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      EXPECT_EQ(values[i] == values[j], i == j) << i << " " << j;
    }
  }
}

TEST(FieldValue, OnlyWhatIsComparableIsSomething) {
  EXPECT_TRUE(FieldValue().is_nothing());
  EXPECT_TRUE(FieldValue(std::numeric_limits<double>::quiet_NaN()).is_nothing());
  EXPECT_FALSE(FieldValue(false).is_nothing());
  EXPECT_FALSE(FieldValue("").is_nothing());
  EXPECT_FALSE(FieldValue(std::int64_t{0}).is_nothing());
  EXPECT_EQ(FieldValue("text"), FieldValue(std::string_view("text")));
}

TEST(FieldValue, HashesOfSimilarValuesAreSpread) {
  std::set<std::size_t> hashes;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    hashes.insert(FieldValue(i).hash());
    hashes.insert(FieldValue("user-" + std::to_string(i)).hash());
  }
  EXPECT_EQ(hashes.size(), 20'000U);
  EXPECT_NE(FieldValue("12345678abcdefgh").hash(), FieldValue("abcdefgh12345678").hash());
}

}  // namespace
}  // namespace rig::cloudevents

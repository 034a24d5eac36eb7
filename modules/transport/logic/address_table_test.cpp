#include "logic/address_table.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>

namespace rig::transport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TokenBucket::Wait kNoWait{0};

class Table : public ::testing::Test {
 protected:
  static Address client(unsigned number) {
    return Address::of_v4(
        {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
  }
  AddressTable make(std::uint32_t connections_max, std::int64_t per_second = 0,
                    std::int64_t burst = 1, std::size_t resting_max = 1000) {
    return AddressTable({connections_max, TokenBucket::Rate::of(per_second, burst), resting_max},
                        AddressHash(7));
  }

  AddressTable::Time now_{hours(1)};
};

TEST_F(Table, EachAddressHasItsOwnPlaces) {
  auto table = make(2);
  EXPECT_TRUE(table.connect(client(1)));
  EXPECT_TRUE(table.connect(client(1)));
  EXPECT_FALSE(table.connect(client(1)));
  EXPECT_TRUE(table.connect(client(2)));
  table.disconnect(client(1), now_);
  EXPECT_TRUE(table.connect(client(1)));
  EXPECT_FALSE(table.connect(client(1)));
  EXPECT_EQ(table.connections(), 3U);
}

TEST_F(Table, KeepsNothingOfWhoIsGone) {
  auto table = make(2);
  for (unsigned i = 0; i < 100; ++i) EXPECT_TRUE(table.connect(client(i)));
  EXPECT_EQ(table.size(), 100U);
  for (unsigned i = 0; i < 100; ++i) table.disconnect(client(i), now_);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.connections(), 0U);
}

TEST_F(Table, EachAddressHasItsOwnRate) {
  auto table = make(0, 10, 2);
  EXPECT_EQ(table.request(client(1), now_), kNoWait);
  EXPECT_EQ(table.request(client(1), now_), kNoWait);
  EXPECT_EQ(table.request(client(1), now_), milliseconds(100));
  EXPECT_EQ(table.request(client(2), now_), kNoWait);
}

TEST_F(Table, ForgetsAnAddressOnceItsBucketIsFull) {
  auto table = make(0, 10, 2);
  EXPECT_EQ(table.request(client(1), now_), kNoWait);
  EXPECT_EQ(table.request(client(2), now_ + milliseconds(50)), kNoWait);
  EXPECT_TRUE(table.forget_idle(now_ + milliseconds(99), 10));
  EXPECT_EQ(table.size(), 2U);
  EXPECT_TRUE(table.forget_idle(now_ + milliseconds(100), 10));
  EXPECT_EQ(table.size(), 1U);
  EXPECT_TRUE(table.forget_idle(now_ + milliseconds(150), 10));
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Table, ForgetsNoMoreAtOnceThanItIsAskedTo) {
  auto table = make(0, 10, 2);
  for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(table.request(client(i), now_), kNoWait);
  EXPECT_FALSE(table.forget_idle(now_ + seconds(1), 3));
  EXPECT_EQ(table.size(), 2U);
  EXPECT_TRUE(table.forget_idle(now_ + seconds(1), 3));
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(Table, AConnectionKeepsItsAddressAndItsBucket) {
  auto table = make(5, 10, 1);
  EXPECT_EQ(table.request(client(1), now_), kNoWait);
  EXPECT_TRUE(table.connect(client(1)));
  EXPECT_TRUE(table.forget_idle(now_ + hours(1), 10));
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.request(client(1), now_ + hours(1)), kNoWait);
  table.disconnect(client(1), now_ + hours(1));
  EXPECT_GT(table.request(client(1), now_ + hours(1)), kNoWait)
      << "a new connection is no new burst";
}

TEST_F(Table, IsBoundedAndForgetsWhoWasNotSeenForLongest) {
  auto table = make(0, 1, 1, 3);
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(table.request(client(i), now_), kNoWait);
  EXPECT_GT(table.request(client(0), now_), kNoWait);  // seen again: 1 is the oldest now
  EXPECT_EQ(table.request(client(3), now_), kNoWait);
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.take_forgotten(), 1U);
  EXPECT_EQ(table.take_forgotten(), 0U);
  EXPECT_GT(table.request(client(0), now_), kNoWait);
  EXPECT_EQ(table.request(client(1), now_), kNoWait) << "it was not forgotten";
}

TEST_F(Table, AgreesWithASimpleModelOverManySteps) {
  auto table = make(3, 5, 4);
  std::map<unsigned, std::uint32_t> connections;
  std::map<unsigned, double> tokens;  // at the time of the last step
  std::minstd_rand random(3);
  for (int step = 0; step < 20'000; ++step) {
    const unsigned id = random() % 20;
    const double passed = static_cast<double>(random() % 100);
    now_ += milliseconds(static_cast<int>(passed));
    for (auto& [who, left] : tokens) left = std::min(4.0, left + passed * 5 / 1000);
    const auto left = tokens.try_emplace(id, 4.0).first;
    switch (random() % 4) {
      case 0: {
        const bool may = connections[id] < 3;
        ASSERT_EQ(table.connect(client(id)), may) << step;
        if (may) ++connections[id];
        break;
      }
      case 1:
        if (connections[id] == 0) break;
        --connections[id];
        table.disconnect(client(id), now_);
        break;
      case 2: table.forget_idle(now_, random() % 5); break;
      default: {
        if (std::abs(left->second - 1) < 1e-6) break;  // too close for the model to tell
        const bool may = left->second >= 1;
        ASSERT_EQ(table.request(client(id), now_) == kNoWait, may) << step << " " << left->second;
        if (may) left->second -= 1;
      }
    }
    ASSERT_LE(table.size(), 20U);
  }
}

}  // namespace
}  // namespace rig::transport

#include "maps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

namespace rig::cluster {
namespace {

using ::testing::ElementsAre;
using Outcome = ReplicatedMap::Written::Outcome;

/// What a map has told, as text.
class Told final : public ReplicatedMap::Watcher {
 public:
  void began() override { add("began"); }
  Task<> changed(std::vector<ReplicatedMap::Entry> entries) override {
    for (const auto& entry : entries)
      add(entry.key + "=" + entry.value + "@" + std::to_string(entry.revision));
    co_return;
  }
  void caught_up() override { add("caught up"); }

  /// Once there are so many.
  std::vector<std::string> when(std::size_t count) {
    EXPECT_TRUE(testkit::eventually([&] { return lines().size() >= count; }));
    return lines();
  }

 private:
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::mutex mutex_;
  std::vector<std::string> lines_;
};

template <class Maps>
class ReplicatedMapTest : public ::testing::Test {
 protected:
  ReplicatedMapTest() {
    maps_.map().watch(told_);
    maps_.start();
  }

  ReplicatedMap::Written write(std::string key, std::string value, std::uint64_t revision) {
    ReplicatedMap::Entry entry{std::move(key), std::move(value), revision};
    return on_.run(maps_.map().write(std::move(entry)));
  }
  static Task<> forget_on(Ref<ReplicatedMap> map, std::string key, std::uint64_t revision) {
    map->forget(std::move(key), revision);
    co_return;
  }
  void forget(std::string key, std::uint64_t revision) {
    on_.run(forget_on(maps_.map(), std::move(key), revision));
  }

  Told told_;
  OnShards on_;
  Maps maps_{on_};
};

using Kinds = ::testing::Types<LocalMaps, NatsMaps>;
TYPED_TEST_SUITE(ReplicatedMapTest, Kinds);

TYPED_TEST(ReplicatedMapTest, TellsAllInOrder) {
  EXPECT_TRUE(this->maps_.map().is_current());
  EXPECT_THAT(this->told_.when(2), ElementsAre("began", "caught up"));
  EXPECT_EQ(this->write("a", "1", 0).revision, 1U);
  EXPECT_EQ(this->write("b", "1", 0).revision, 2U);
  EXPECT_EQ(this->write("a", "2", 1).revision, 3U);
  EXPECT_THAT(this->told_.when(5), ElementsAre("began", "caught up", "a=1@1", "b=1@2", "a=2@3"));
}

TYPED_TEST(ReplicatedMapTest, WritesOnlyOnTheGroundOfWhatIsThere) {
  EXPECT_EQ(this->write("a", "1", 7).outcome, Outcome::kChanged);
  EXPECT_FALSE(this->write("a", "1", 7).now.has_value()) << "it is not there";
  ASSERT_EQ(this->write("a", "1", 0).outcome, Outcome::kDone);
  for (const auto expected : {std::uint64_t{0}, std::uint64_t{9}}) {
    const auto refused = this->write("a", "2", expected);
    EXPECT_EQ(refused.outcome, Outcome::kChanged);
    ASSERT_TRUE(refused.now.has_value());
    EXPECT_EQ(refused.now->key, "a");
    EXPECT_EQ(refused.now->value, "1");
    EXPECT_EQ(refused.now->revision, 1U);
  }
  EXPECT_EQ(this->write("a", "2", 1).outcome, Outcome::kDone);
}

TYPED_TEST(ReplicatedMapTest, ForgetsOnlyWhatHasNotChanged) {
  ASSERT_EQ(this->write("a", "1", 0).revision, 1U);
  ASSERT_EQ(this->write("a", "2", 1).revision, 2U);
  this->forget("a", 1);
  EXPECT_EQ(this->write("a", "x", 0).outcome, Outcome::kChanged);
  this->forget("a", 2);
  EXPECT_EQ(this->write("a", "3", 0).outcome, Outcome::kDone) << "done in their order";
  EXPECT_THAT(this->told_.when(5).back(), "a=3@3");
}

}  // namespace
}  // namespace rig::cluster

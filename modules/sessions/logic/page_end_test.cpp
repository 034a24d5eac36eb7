#include "logic/page_end.hpp"

#include "logic/fake_member.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace rig::sessions {
namespace {

using Counts = std::vector<std::vector<SessionTable::Count>>;

TEST(PageEnd, NothingHasNoEnd) {
  EXPECT_EQ(page_end(Counts{}, 10), std::nullopt);
  EXPECT_EQ(page_end(Counts{{}, {}}, 10), std::nullopt);
}

TEST(PageEnd, WholeSessionsThatFitTogether) {
  const Counts counts{{{"a", 1}, {"c", 2}}, {{"a", 1}, {"b", 1}}};
  EXPECT_EQ(page_end(counts, 5), (PageEnd{"c", false}));
  EXPECT_EQ(page_end(counts, 4), (PageEnd{"b", true}));
  EXPECT_EQ(page_end(counts, 3), (PageEnd{"b", true}));
  EXPECT_EQ(page_end(counts, 2), (PageEnd{"a", true}));
}

TEST(PageEnd, OneSessionFitsAlways) {
  EXPECT_EQ(page_end(Counts{{{"a", 7}, {"b", 1}}}, 3), (PageEnd{"a", true}));
  EXPECT_EQ(page_end(Counts{{{"a", 7}}}, 3), (PageEnd{"a", false}));
}

/// A shard with a random number of connections in each of a few sessions.
class RandomShard {
 public:
  explicit RandomShard(std::mt19937& random) {
    for (char name = 'a'; name < 'h'; ++name) {
      for (std::size_t count = random() % 4; count > 0; --count) {
        auto& member = *members_.emplace_back(std::make_unique<FakeMember>());
        EXPECT_TRUE(table.join(member, {std::string(1, name), ""}, {}));
      }
    }
  }
  ~RandomShard() {
    for (const auto& member : members_) table.leave(*member);
  }

  SessionTable table;

 private:
  std::vector<std::unique_ptr<FakeMember>> members_;
};

// Each shard tells only what a page can reach; the page is that of all sessions all the same.
TEST(PageEnd, IsThatOfAllSessionsThoughShardsTellNotAll) {
  std::mt19937 random(2);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t members_max = 1 + random() % 12;
    Counts all;
    Counts told;
    for (auto shards = 1 + random() % 3; shards > 0; --shards) {
      const RandomShard shard(random);
      const std::string after(random() % 2, 'b');
      all.push_back(shard.table.after(after, 1000));
      told.push_back(shard.table.after(after, members_max));
    }
    ASSERT_EQ(page_end(told, members_max), page_end(all, members_max)) << round;
  }
}

}  // namespace
}  // namespace rig::sessions

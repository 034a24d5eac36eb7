#include "io/shared_state.hpp"

#include "maps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

// What a node does with a map; the map is one of this process, and the test is the other node.

namespace rig::cluster {
namespace {

using sessions::BlacklistEntry;
using std::chrono::hours;
using std::chrono::sys_seconds;
using Outcome = ReplicatedMap::Written::Outcome;

sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

BlacklistEntry cut_off(std::string session, std::uint64_t version = 1, hours validity = hours(1)) {
  return {std::move(session), now() + validity, now() + validity, version, false};
}

/// What this node knows: of two entries that with the higher version.
class FakeReplica final : public sessions::BlacklistReplica {
 public:
  Task<std::vector<BlacklistEntry>> snapshot() override {
    std::vector<BlacklistEntry> entries;
    const std::lock_guard lock(mutex_);
    for (const auto& [session, entry] : known_) entries.push_back(entry);
    co_return entries;
  }
  Task<> merge(std::vector<BlacklistEntry> entries) override {
    for (auto& entry : entries) know(std::move(entry));
    co_return;
  }
  void connect(Journal<BlacklistEntry>& journal) override { connected = &journal; }

  void know(BlacklistEntry entry) {
    const std::lock_guard lock(mutex_);
    auto& known = known_[entry.session];
    if (entry.version >= known.version) known = std::move(entry);
  }
  /// 0: it knows nothing of it.
  std::uint64_t version_of(const std::string& session) {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(session);
    return found == known_.end() ? 0 : found->second.version;
  }

  Journal<BlacklistEntry>* connected = nullptr;

 private:
  std::mutex mutex_;
  std::map<std::string, BlacklistEntry> known_;
};

class SharedStateTest : public ::testing::Test {
 protected:
  SharedStateTest() {
    replica_.know(cut_off("mine"));
    on_.run(start_on(state_));
  }
  ~SharedStateTest() override { on_.run(state_.stop()); }

  static Task<> start_on(Ref<SharedState<BlacklistKind>> state) {
    state->start();
    co_return;
  }
  void start_map() {
    maps_.start();
    ASSERT_TRUE(testkit::eventually([this] { return state_.has_caught_up(); }));
  }
  Agreement ask(BlacklistEntry entry) { return on_.run(replica_.connected->write(entry), 1); }
  /// As another node does.
  ReplicatedMap::Written write(const BlacklistEntry& entry, std::uint64_t revision) {
    ReplicatedMap::Entry to_write{BlacklistKind::key(entry), to_text(entry), revision};
    return on_.run(maps_.map().write(std::move(to_write)));
  }
  double counted(const std::string& what) {
    return registry_.value("rig_cluster_map_" + what + ",map=blacklist");
  }

  metrics::TestRegistry registry_{2};
  FakeReplica replica_;
  OnShards on_;
  LocalMaps maps_{on_};
  SharedState<BlacklistKind> state_{on_.shards(), replica_, maps_.map(), registry_};
};

TEST_F(SharedStateTest, KnowsNothingOfOthersBeforeItHasReadTheMap) {
  EXPECT_FALSE(state_.has_caught_up());
  start_map();
}

TEST_F(SharedStateTest, WhatThisNodeKnewBeforeIsTold) {
  start_map();
  EXPECT_TRUE(testkit::eventually([&] { return counted("writes_total") == 1; }));
  EXPECT_EQ(write(cut_off("mine"), 0).outcome, Outcome::kChanged) << "it is there";
}

TEST_F(SharedStateTest, WhatOthersWriteIsMerged) {
  start_map();
  ASSERT_EQ(write(cut_off("other", 3), 0).outcome, Outcome::kDone);
  EXPECT_TRUE(testkit::eventually([&] { return replica_.version_of("other") == 3; }));
  EXPECT_TRUE(testkit::eventually([&] { return counted("revision") == 2; })) << "own one included";
}

TEST_F(SharedStateTest, WhoeverIsSlowerKnowsWhatWasFirst) {
  start_map();
  EXPECT_EQ(ask(cut_off("a", 1)), Agreement::kDone);
  EXPECT_EQ(ask(cut_off("a", 2)), Agreement::kDone);
  const auto found = write(cut_off("a", 5), 0).now;
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(write(cut_off("a", 5), found->revision).outcome, Outcome::kDone);
  EXPECT_EQ(ask(cut_off("a", 3)), Agreement::kChanged);
  EXPECT_EQ(replica_.version_of("a"), 5U);
  EXPECT_EQ(ask(cut_off("a", 6)), Agreement::kDone);
  EXPECT_EQ(counted("conflicts_total"), 1);
}

TEST_F(SharedStateTest, NewsOfThisNodeIsTold) {
  start_map();
  EXPECT_TRUE(testkit::eventually([&] { return counted("writes_total") == 1; }));
  replica_.know(cut_off("new"));
  replica_.connected->note_news();
  EXPECT_TRUE(testkit::eventually([&] { return counted("writes_total") == 2; }));
}

TEST_F(SharedStateTest, WhatIsLongOverIsTakenOut) {
  start_map();
  ASSERT_EQ(write(cut_off("old", 1, hours(-1)), 0).outcome, Outcome::kDone);
  EXPECT_TRUE(testkit::eventually([&] {
    replica_.connected->note_news();
    return write(cut_off("old"), 0).outcome == Outcome::kDone;
  }));
}

TEST_F(SharedStateTest, WhatCannotBeReadIsReplacedByWhatThisNodeKnows) {
  ReplicatedMap::Entry broken{BlacklistKind::key(cut_off("mine")), "secret", 0};
  ASSERT_EQ(on_.run(maps_.map().write(std::move(broken))).outcome, Outcome::kDone);
  start_map();
  EXPECT_TRUE(testkit::eventually([&] { return counted("invalid_total") >= 1; }));
  EXPECT_TRUE(testkit::eventually([&] { return counted("writes_total") == 1; }));
}

}  // namespace
}  // namespace rig::cluster

#include "io/session_service.hpp"

#include "logic/fake_member.hpp"

#include <rig/core/shard.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// On real shards: threads and mailboxes.

namespace rig::sessions {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::system_clock;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Counts by name. The parts ask one after the other, at their start.
class FakeRegistry final : public metrics::Registry {
 public:
  explicit FakeRegistry(std::size_t shards) : shards_(shards) {}

  metrics::Counter& counter(metrics::Description description, metrics::Labels) override {
    return counters_.try_emplace(std::string(description.name), shards_).first->second;
  }
  metrics::Gauge& gauge(metrics::Description description, metrics::Labels) override {
    return gauges_.try_emplace(std::string(description.name), shards_).first->second;
  }
  metrics::Histogram& histogram(metrics::Description, HistogramUnit,
                                std::vector<std::chrono::nanoseconds>, metrics::Labels) override {
    std::abort();  // this module has none
  }
  void gauge_of(metrics::Description, metrics::Labels, std::function<double()>) override {}

  [[nodiscard]] double value(const std::string& name) const {
    if (const auto at = counters_.find(name); at != counters_.end()) return at->second.value();
    return gauges_.at(name).value();
  }

 private:
  std::size_t shards_;
  std::map<std::string, metrics::Counter> counters_;
  std::map<std::string, metrics::Gauge> gauges_;
};

/// What the other nodes say, and what they are told.
class FakeJournal final : public Journal<BlacklistEntry> {
 public:
  /// One after the other, and then always `kDone`.
  void answer(std::deque<Agreement> agreements) {
    const std::lock_guard lock(mutex_);
    agreements_ = std::move(agreements);
  }
  [[nodiscard]] std::vector<BlacklistEntry> written() {
    const std::lock_guard lock(mutex_);
    return written_;
  }
  [[nodiscard]] int news() const { return news_; }

  Task<Agreement> write(BlacklistEntry entry) override {
    const std::lock_guard lock(mutex_);
    written_.push_back(std::move(entry));
    if (agreements_.empty()) co_return Agreement::kDone;
    const auto agreement = agreements_.front();
    agreements_.pop_front();
    co_return agreement;
  }
  void note_news() noexcept override { ++news_; }

 private:
  std::mutex mutex_;
  std::deque<Agreement> agreements_;
  std::vector<BlacklistEntry> written_;
  std::atomic<int> news_{0};
};

class SessionServiceTest : public testing::Test {
 public:
  ~SessionServiceTest() override {
    leave_all();
    run(service_.stop());
    run(service_.stop());
    shards_.finish();
  }

 protected:
  static constexpr std::size_t kShards = 4;
  static constexpr std::size_t kBlacklistMax = 5;

  SessionServiceTest() {
    shards_.start();
    run(service_.start());
  }

  template <class T>
  T run(Task<T> task) {
    return boost::asio::co_spawn(shards_.executor(1), std::move(task), boost::asio::use_future)
        .get();
  }

  /// The answer of `ask()`, run on that shard.
  template <class Ask>
  decltype(auto) on(ShardId shard, Ask ask) {
    std::packaged_task<decltype(ask())()> task(std::move(ask));
    auto answer = task.get_future();
    shards_.post(shard, std::move(task));
    return answer.get();
  }

  void leave_all() {
    for (ShardId shard = 0; shard < kShards; ++shard) {
      on(shard, [&] {
        for (const auto& member : members_[shard]) service_.leave(*member);
        members_[shard].clear();
      });
    }
  }
  FakeMember& member(ShardId shard) {
    return on(shard, [&]() -> FakeMember& {
      return *members_[shard].emplace_back(std::make_unique<FakeMember>());
    });
  }
  bool join(ShardId shard, FakeMember& member, SessionName name) {
    return on(shard, [&] { return service_.join(member, name); });
  }
  /// So many members on one shard, who are in this session and do that when they are told.
  void join_many(ShardId shard, std::size_t count, const std::string& session,
                 const std::function<void()>& on_killed) {
    on(shard, [&] {
      for (std::size_t i = 0; i < count; ++i) {
        auto& member = *members_[shard].emplace_back(std::make_unique<FakeMember>());
        member.on_killed = on_killed;
        EXPECT_TRUE(service_.join(member, {session, ""}));
      }
    });
  }
  /// A member that is in this session.
  FakeMember& joined(ShardId shard, std::string session, std::string user = "") {
    auto& fresh = member(shard);
    EXPECT_TRUE(join(shard, fresh, {std::move(session), std::move(user)}));
    return fresh;
  }

  bool blacklist(std::string session, seconds validity = hours(1)) {
    return run(service_.blacklist(std::move(session), validity)) == BlacklistChange::kDone;
  }
  bool lift(std::string session) {
    return run(service_.lift(std::move(session))) == BlacklistChange::kDone;
  }
  Page list(std::string after = "", std::size_t limit = 100) {
    return run(service_.list(std::move(after), limit));
  }
  /// On how many shards the session is cut off.
  std::size_t blacklisted(const std::string& session) {
    std::size_t count = 0;
    for (ShardId shard = 0; shard < kShards; ++shard)
      if (on(shard, [&] { return service_.is_blacklisted(session); })) ++count;
    return count;
  }
  static std::vector<std::string> sessions_of(const std::vector<Connection>& connections) {
    std::vector<std::string> names;
    for (const auto& connection : connections) names.push_back(connection.session);
    return names;
  }
  static Task<std::size_t> told_after(Task<BlacklistChange> call,
                                      Ref<std::atomic<std::size_t>> told) {
    (void)co_await std::move(call);
    co_return told->load();
  }
  template <class Holds>
  static bool eventually(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Shards shards_{kShards, 1000};
  FakeRegistry registry_{kShards};
  SessionService service_{SessionsConfig{kBlacklistMax}, "node-1", shards_, registry_};
  std::array<std::vector<std::unique_ptr<FakeMember>>, kShards> members_;
};

TEST_F(SessionServiceTest, EveryConnectionOfTheSessionIsToldOnce) {
  std::vector<FakeMember*> killed;
  for (ShardId shard = 0; shard < kShards; ++shard) {
    killed.push_back(&joined(shard, "a", "ann"));
    killed.push_back(&joined(shard, "a", "ann"));
  }
  auto& other = joined(2, "b", "ann");
  EXPECT_TRUE(blacklist("a"));
  for (const auto* member : killed) EXPECT_THAT(member->killed, ElementsAre("a"));
  EXPECT_THAT(other.killed, IsEmpty());
  EXPECT_EQ(run(service_.of_session("a")).size(), 0U);
  EXPECT_THAT(run(service_.of_user("ann")), SizeIs(1));
  EXPECT_EQ(registry_.value("rig_sessions_killed_total"), 2.0 * kShards);
  EXPECT_TRUE(blacklist("a"));
  EXPECT_EQ(registry_.value("rig_sessions_killed_total"), 2.0 * kShards);
}

// A session of very many connections must not hold up the events of everybody else.
TEST_F(SessionServiceTest, OthersGetTheirTurnWhileVeryManyAreTold) {
  constexpr std::size_t kMany = 5000;
  std::size_t told = 0;  // shard 2's
  std::size_t told_before_others = 0;
  join_many(2, kMany, "a", [&] {
    if (told++ == 0) shards_.post(2, [&] { told_before_others = told; });
  });
  EXPECT_TRUE(blacklist("a"));
  EXPECT_EQ(on(2, [&] { return told; }), kMany);
  EXPECT_LT(on(2, [&] { return told_before_others; }), kMany / 2);
  EXPECT_EQ(registry_.value("rig_sessions"), 0);
}

TEST_F(SessionServiceTest, EachOfTwoWhoCutASessionOffWaitsUntilAllAreTold) {
  constexpr std::size_t kMany = 1000;
  std::atomic<std::size_t> told{0};
  join_many(3, kMany, "a", [&] { ++told; });
  std::vector<std::future<std::size_t>> told_when_done;
  for (ShardId shard = 0; shard < 2; ++shard) {
    told_when_done.push_back(boost::asio::co_spawn(
        shards_.executor(shard), told_after(service_.blacklist("a", hours(1)), told),
        boost::asio::use_future));
  }
  for (auto& done : told_when_done) EXPECT_EQ(done.get(), kMany);
}

TEST_F(SessionServiceTest, NoShardLetsTheSessionIn) {
  EXPECT_EQ(blacklisted("a"), 0U);
  EXPECT_TRUE(blacklist("a"));
  EXPECT_EQ(blacklisted("a"), kShards);
  EXPECT_EQ(blacklisted("b"), 0U);
  for (ShardId shard = 0; shard < kShards; ++shard)
    EXPECT_FALSE(join(shard, member(shard), {"a", ""}));
  EXPECT_EQ(run(service_.of_session("a")).size(), 0U);
}

TEST_F(SessionServiceTest, LiftedSessionIsLetInEverywhere) {
  EXPECT_FALSE(lift("a"));
  EXPECT_TRUE(blacklist("a"));
  EXPECT_TRUE(lift("a"));
  EXPECT_FALSE(lift("a"));
  EXPECT_EQ(blacklisted("a"), 0U);
  for (ShardId shard = 0; shard < kShards; ++shard) joined(shard, "a");
  EXPECT_THAT(run(service_.of_session("a")), SizeIs(kShards));
  EXPECT_TRUE(blacklist("a"));
  EXPECT_EQ(blacklisted("a"), kShards);
  EXPECT_EQ(run(service_.of_session("a")).size(), 0U);
}

TEST_F(SessionServiceTest, NameThatCannotBePutOnTheBlacklistIsNotLetIn) {
  const std::string longest(kSessionNameBytesMax, 'x');
  EXPECT_FALSE(blacklist(longest + "x"));
  EXPECT_FALSE(blacklist(""));
  EXPECT_EQ(blacklisted(longest + "x"), kShards);
  EXPECT_FALSE(join(0, member(0), {longest + "x", ""}));
  joined(0, longest);
  EXPECT_TRUE(blacklist(longest));
  EXPECT_EQ(blacklisted(longest), kShards);
}

TEST_F(SessionServiceTest, FullBlacklistSaysSo) {
  for (std::size_t i = 0; i < kBlacklistMax; ++i) EXPECT_TRUE(blacklist(std::to_string(i)));
  auto& survivor = joined(3, "more");
  EXPECT_FALSE(blacklist("more"));
  EXPECT_EQ(blacklisted("more"), 0U);
  EXPECT_THAT(survivor.killed, IsEmpty());
  EXPECT_TRUE(blacklist("1", hours(2)));
  EXPECT_EQ(registry_.value("rig_blacklisted_sessions"), double{kBlacklistMax});
}

// Quirk O15: the names that dashboards know; what another node has put in counts too.
TEST_F(SessionServiceTest, EntriesAreCountedAsTheFirstRigDid) {
  const auto current = [&] { return registry_.value("rig_distributed_set_items_current"); };
  const auto total = [&] { return registry_.value("rig_distributed_set_items_total"); };
  EXPECT_TRUE(blacklist("a"));
  EXPECT_TRUE(blacklist("a", hours(2)));
  const auto until = std::chrono::ceil<seconds>(system_clock::now()) + hours(1);
  run(service_.merge({{"b", until, until, 1}, {"c", until, until, 2, true}}));
  EXPECT_EQ(current(), 2);
  EXPECT_EQ(total(), 2);
  EXPECT_TRUE(lift("a"));
  EXPECT_EQ(current(), 1);
  EXPECT_EQ(total(), 2);
}

TEST_F(SessionServiceTest, EntriesRunOutByThemselves) {
  EXPECT_TRUE(blacklist("a", seconds(1)));
  EXPECT_TRUE(blacklist("b"));
  EXPECT_TRUE(eventually([&] { return blacklisted("a") == 0; }));
  EXPECT_TRUE(eventually([&] { return registry_.value("rig_blacklisted_sessions") == 1; }));
  EXPECT_TRUE(eventually([&] { return run(service_.snapshot()).size() == 1; }));
  EXPECT_EQ(blacklisted("b"), kShards);
  joined(1, "a");
}

TEST_F(SessionServiceTest, ValidityIsBounded) {
  EXPECT_TRUE(blacklist("a", seconds::max()));
  EXPECT_TRUE(blacklist("b", seconds::min()));
  for (const auto& entry : run(service_.snapshot())) {
    if (entry.session == "a")
      EXPECT_LE(entry.until, system_clock::now() + Sessions::kValidityMax + seconds(1));
  }
  EXPECT_EQ(blacklisted("a"), kShards);
}

TEST_F(SessionServiceTest, MemberMayLeaveWhenItIsToldAndTakeOthersAlong) {
  auto& first = joined(1, "a", "ann");
  auto& second = joined(1, "a", "ann");
  const auto leave_both = [&] {
    service_.leave(first);
    service_.leave(second);
  };
  first.on_killed = leave_both;
  second.on_killed = leave_both;
  EXPECT_TRUE(blacklist("a"));
  EXPECT_EQ(first.killed.size() + second.killed.size(), 1U);
  EXPECT_EQ(list().connections.size(), 0U);
}

TEST_F(SessionServiceTest, ListIsSortedAndSaysWhoItIs) {
  joined(3, "b", "bob");
  joined(0, "b", "bea");
  joined(2, "a");
  const auto page = list();
  EXPECT_THAT(sessions_of(page.connections), ElementsAre("a", "b", "b"));
  EXPECT_EQ(page.next, std::nullopt);
  const auto& oldest = page.connections[1];
  EXPECT_EQ(oldest.user, "bob");
  EXPECT_EQ(oldest.transport, "sse");
  EXPECT_EQ(oldest.node, "node-1");
  EXPECT_EQ(oldest.subscriptions_json, R"([{"eventType":"t"}])");
  EXPECT_LE(oldest.since, page.connections[2].since);
  EXPECT_LE(oldest.since, system_clock::now());
}

TEST_F(SessionServiceTest, PagesTogetherAreEverything) {
  constexpr std::size_t kSessions = 25;
  for (std::size_t i = 0; i < kSessions; ++i) {
    for (std::size_t j = 0; j <= i % 3; ++j)
      joined(static_cast<ShardId>((i + j) % kShards), "s" + std::to_string(i));
  }
  const auto everything = sessions_of(list("", 1000).connections);
  for (const std::size_t limit : {1U, 2U, 3U, 7U}) {
    std::vector<std::string> found;
    std::optional<std::string> after = "";
    while (after) {
      const auto page = list(*after, limit);
      ASSERT_FALSE(page.connections.empty());
      if (page.connections.size() > limit)
        EXPECT_EQ(page.connections.front().session, page.connections.back().session);
      for (const auto& connection : page.connections) found.push_back(connection.session);
      after = page.next;
    }
    EXPECT_EQ(found, everything) << limit;
  }
}

TEST_F(SessionServiceTest, ConnectionsAreFoundBySessionAndByUser) {
  joined(0, "a", "ann");
  joined(1, "b", "ann");
  joined(2, "c", "bob");
  EXPECT_THAT(sessions_of(run(service_.of_user("ann"))), ElementsAre("a", "b"));
  EXPECT_THAT(sessions_of(run(service_.of_session("c"))), ElementsAre("c"));
  EXPECT_EQ(run(service_.of_user("")).size(), 0U);
  EXPECT_EQ(run(service_.of_session("d")).size(), 0U);
}

TEST_F(SessionServiceTest, SessionsAreCounted) {
  auto& first = joined(0, "a");
  joined(0, "b");
  joined(3, "c");
  EXPECT_EQ(registry_.value("rig_sessions"), 3);
  on(0, [&] { service_.leave(first); });
  EXPECT_EQ(registry_.value("rig_sessions"), 2);
  blacklist("c");
  EXPECT_EQ(registry_.value("rig_sessions"), 1);
  EXPECT_EQ(registry_.value("rig_blacklisted_sessions"), 1);
  lift("c");
  EXPECT_EQ(registry_.value("rig_blacklisted_sessions"), 0);
}

TEST_F(SessionServiceTest, OtherNodesAreToldOfWhoIsCutOffAndAskedBeforeHeIsLetIn) {
  FakeJournal journal;
  service_.connect(journal);
  EXPECT_TRUE(blacklist("a"));
  EXPECT_TRUE(lift("a"));
  EXPECT_EQ(blacklisted("a"), 0U);
  run(service_.merge({{"b", std::chrono::ceil<seconds>(system_clock::now()) + hours(1), {}, 1}}));
  EXPECT_EQ(blacklisted("b"), kShards);
  const auto written = journal.written();
  ASSERT_THAT(written, SizeIs(2)) << "only changes of this node are told";
  EXPECT_EQ(written[0].session, "a");
  EXPECT_FALSE(written[0].is_lifted);
  EXPECT_TRUE(written[1].is_lifted);
  EXPECT_GT(written[1].version, written[0].version);
}

TEST_F(SessionServiceTest, WithoutOtherNodesItIsCutOffAndStaysSo) {
  FakeJournal journal;
  service_.connect(journal);
  journal.answer({Agreement::kUnavailable, Agreement::kUnavailable});
  EXPECT_EQ(run(service_.blacklist("a", hours(1))), BlacklistChange::kAlone);
  EXPECT_EQ(journal.news(), 1) << "they are told later";
  EXPECT_EQ(blacklisted("a"), kShards);
  EXPECT_EQ(run(service_.lift("a")), BlacklistChange::kAlone);
  EXPECT_EQ(blacklisted("a"), kShards);
  EXPECT_EQ(run(service_.lift("b")), BlacklistChange::kRefused);
}

TEST_F(SessionServiceTest, WhoeverWasSlowerTriesAgain) {
  FakeJournal journal;
  service_.connect(journal);
  journal.answer({Agreement::kChanged, Agreement::kDone, Agreement::kChanged, Agreement::kDone});
  EXPECT_TRUE(blacklist("a"));
  EXPECT_TRUE(lift("a"));
  EXPECT_THAT(journal.written(), SizeIs(4));
  EXPECT_EQ(blacklisted("a"), 0U);
}

// Quirk O12: whatever another node has, not only if it is one entry.
TEST_F(SessionServiceTest, WhatAnotherNodeCutsOffIsToldHereToo) {
  const auto until = std::chrono::ceil<seconds>(system_clock::now()) + hours(1);
  auto& told = joined(2, "a");
  std::vector<BlacklistEntry> entries{{"a", until, until, 1}, {"b", until, until, 4, true}};
  run(service_.merge(entries));
  EXPECT_THAT(told.killed, ElementsAre("a"));
  EXPECT_EQ(blacklisted("a"), kShards);
  EXPECT_EQ(blacklisted("b"), 0U);
  EXPECT_THAT(run(service_.snapshot()), testing::UnorderedElementsAreArray(entries));
  entries[0].version = 2;
  entries[0].is_lifted = true;
  run(service_.merge(entries));
  EXPECT_EQ(blacklisted("a"), 0U);
}

TEST_F(SessionServiceTest, MoreThanThereIsRoomForIsNotTaken) {
  const auto until = std::chrono::ceil<seconds>(system_clock::now()) + hours(1);
  std::vector<BlacklistEntry> entries;
  for (std::size_t i = 0; i < 3'000; ++i)
    entries.push_back({"s" + std::to_string(i), until, until, 1});
  run(service_.merge(entries));
  EXPECT_THAT(run(service_.snapshot()), SizeIs(kBlacklistMax));
  std::size_t cut_off = 0;
  on(3, [&] {
    for (const auto& entry : entries)
      if (service_.is_blacklisted(entry.session)) ++cut_off;
  });
  EXPECT_EQ(cut_off, kBlacklistMax);
}

/// Joins a session on one shard again and again, each time as somebody new.
class Joiner {
 public:
  Joiner(Shards& shards, Sessions& sessions, ShardId shard, std::string session)
      : shards_(shards), sessions_(sessions), shard_(shard), session_(std::move(session)) {}

  void start() {
    shards_.post(shard_, [this] { step(); });
  }
  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] std::size_t joined() const { return joined_; }

  /// How many are in the session and were not told; after the end, on the shard.
  [[nodiscard]] std::size_t untold() const {
    std::size_t count = 0;
    for (const auto& [member, is_in] : members_)
      if (is_in && member->killed.empty()) ++count;
    return count;
  }
  /// How many were refused and told all the same.
  [[nodiscard]] std::size_t told_for_nothing() const {
    std::size_t count = 0;
    for (const auto& [member, is_in] : members_)
      if (member->killed.size() != (is_in ? 1 : 0)) ++count;
    return count;
  }
  void leave() {
    for (const auto& [member, is_in] : members_) sessions_.leave(*member);
    members_.clear();
  }

 private:
  static constexpr std::size_t kRefusalsMax = 50;

  void step() {
    for (int i = 0; i < 5; ++i) {
      auto member = std::make_unique<FakeMember>();
      const bool is_in = sessions_.join(*member, {session_, "ann"});
      if (is_in) ++joined_;
      if (!is_in) ++refusals_;
      members_.emplace_back(std::move(member), is_in);
    }
    if (refusals_ >= kRefusalsMax) {
      is_over_ = true;
    } else {
      start();
    }
  }

  Shards& shards_;
  Sessions& sessions_;
  const ShardId shard_;
  const std::string session_;
  std::vector<std::pair<std::unique_ptr<FakeMember>, bool>> members_;  // the shard's
  std::size_t refusals_ = 0;
  std::atomic<std::size_t> joined_{0};
  std::atomic<bool> is_over_{false};
};

// A connection that joins while its session is cut off is refused or told; none slips through.
TEST_F(SessionServiceTest, NobodySlipsThroughWhileASessionIsCutOff) {
  for (int round = 0; round < 20; ++round) {
    const std::string session = "race";
    std::vector<std::unique_ptr<Joiner>> joiners;
    for (ShardId shard = 0; shard < kShards; ++shard)
      joiners.push_back(std::make_unique<Joiner>(shards_, service_, shard, session));
    for (const auto& joiner : joiners) joiner->start();
    for (const auto& joiner : joiners)
      EXPECT_TRUE(eventually([&] { return joiner->joined() >= 10; }));

    EXPECT_TRUE(blacklist(session));
    EXPECT_EQ(run(service_.of_session(session)).size(), 0U);
    const auto killed = registry_.value("rig_sessions_killed_total");
    for (const auto& joiner : joiners) EXPECT_TRUE(eventually([&] { return joiner->is_over(); }));

    EXPECT_EQ(run(service_.of_session(session)).size(), 0U);
    EXPECT_EQ(registry_.value("rig_sessions_killed_total"), killed) << "told after the answer";
    for (ShardId shard = 0; shard < kShards; ++shard) {
      auto& joiner = *joiners[shard];
      EXPECT_EQ(on(shard, [&] { return joiner.untold(); }), 0U) << round;
      EXPECT_EQ(on(shard, [&] { return joiner.told_for_nothing(); }), 0U) << round;
      on(shard, [&] { joiner.leave(); });
    }
    EXPECT_TRUE(lift(session));
  }
}

// Several operators at once: all shards come to the same, and it is what holds.
TEST_F(SessionServiceTest, ShardsAgreeAfterChangesAtOnce) {
  for (int round = 0; round < 50; ++round) {
    std::vector<std::future<BlacklistChange>> changes;
    for (ShardId shard = 0; shard < kShards; ++shard) {
      auto change =
          (shard + round) % 2 == 0 ? service_.blacklist("a", hours(1 + shard)) : service_.lift("a");
      changes.push_back(boost::asio::co_spawn(shards_.executor(shard), std::move(change),
                                              boost::asio::use_future));
    }
    for (auto& change : changes) change.get();
    const auto on_shards = blacklisted("a");
    EXPECT_TRUE(on_shards == 0 || on_shards == kShards) << on_shards;
    EXPECT_EQ(registry_.value("rig_blacklisted_sessions"), on_shards == 0 ? 0 : 1);
  }
}

}  // namespace
}  // namespace rig::sessions

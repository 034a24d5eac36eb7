#include "io/definition_service.hpp"

#include "logic/testing/definitions.hpp"

#include <rig/core/shard.hpp>
#include <rig/metrics/test_registry.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

// On real shards: threads and mailboxes.

namespace rig::proxy {

namespace {

using testing::definition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::json_of;
using ::testing::SizeIs;
using Outcome = ApiChange::Outcome;
using std::chrono::milliseconds;

/// What the other nodes say, and what they are told.
class FakeJournal final : public Journal<ApiEntry> {
 public:
  void answer(Agreement agreement) { agreement_ = agreement; }
  [[nodiscard]] std::vector<std::string> written() {
    const std::lock_guard lock(mutex_);
    return written_;
  }
  /// Once there were so many news.
  [[nodiscard]] bool has_news(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return news_ >= count; });
  }

  Task<Agreement> write(ApiEntry entry) override {
    const std::lock_guard lock(mutex_);
    written_.push_back(entry.id);
    co_return agreement_;
  }
  void note_news() noexcept override {
    const std::lock_guard lock(mutex_);
    ++news_;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<Agreement> agreement_{Agreement::kDone};
  std::vector<std::string> written_;
  int news_ = 0;
};

class DefinitionServiceTest : public ::testing::Test {
 public:
  ~DefinitionServiceTest() override {
    run(service_->stop());
    run(service_->stop());
    shards_.finish();
    std::filesystem::remove_all(folder_);
  }

 protected:
  static constexpr std::size_t kShards = 3;

  DefinitionServiceTest() {
    std::filesystem::create_directories(folder_);
    shards_.start();
  }

  void start(ProxyConfig config = {}) {
    auto compile = [this](const ApiSet& set) {
      ++compiled_;
      compiled_apis_ = set.apis.size();
      return std::shared_ptr<const RouteSet>();
    };
    service_ = std::make_unique<DefinitionService>(std::move(config), "node", shards_, registry_,
                                                   std::move(compile));
    if (journal_) service_->connect(*journal_);
    run(service_->start());
  }

  /// From the file, which is looked at again and again.
  void start_with_file(const std::string& text) {
    write(text);
    ProxyConfig config;
    config.files = file_;
    config.reload_interval = milliseconds(5);
    config.sources = {{.name = file_, .text = text}};
    config.definitions = read_sources(config.sources, {}).definitions;
    start(std::move(config));
  }
  /// As a whole: whoever looks sees the old one or this.
  void write(const std::string& text) {
    std::ofstream(file_ + ".new") << text;
    std::filesystem::rename(file_ + ".new", file_);
  }

  template <class T>
  T run(Task<T> task, ShardId shard = 0) {
    return boost::asio::co_spawn(shards_.executor(shard), std::move(task), boost::asio::use_future)
        .get();
  }

  static Task<std::vector<std::string>> ids_here(Ref<DefinitionService> service) {
    std::vector<std::string> ids;
    const auto set = service->snapshot();
    for (const auto& api : set->apis) ids.push_back(api->id);
    co_return ids;
  }
  std::vector<std::string> ids_on(ShardId shard) { return run(ids_here(*service_), shard); }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                        ("definition_service_test." + std::to_string(getpid()));
  const std::string file_ = (folder_ / "apis.json").string();
  Shards shards_{kShards, 1000};
  metrics::TestRegistry registry_{kShards};
  std::atomic<int> compiled_{0};
  std::atomic<std::size_t> compiled_apis_{0};
  std::optional<FakeJournal> journal_;  // nothing: alone
  std::unique_ptr<DefinitionService> service_;
};

TEST_F(DefinitionServiceTest, EveryShardUsesAChangeWhenItIsAnswered) {
  start();
  EXPECT_EQ(run(service_->create(definition("b")), 1).outcome, Outcome::kDone);
  EXPECT_EQ(run(service_->create(definition("a")), 2).outcome, Outcome::kDone);
  for (ShardId shard = 0; shard < kShards; ++shard)
    EXPECT_THAT(ids_on(shard), ElementsAre("a", "b"));
  EXPECT_EQ(run(service_->replace("a", definition("a", R"(,"versioned":true)"))).outcome,
            Outcome::kDone);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_THAT(ids_on(shard), ElementsAre("b"));
  EXPECT_EQ(run(service_->remove("b"), 1).outcome, Outcome::kDone);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_THAT(ids_on(shard), IsEmpty());
  EXPECT_EQ(compiled_, 5) << "once per change, and at the start";
  EXPECT_EQ(compiled_apis_, 0U);
  EXPECT_EQ(registry_.value("rig_proxy_apis"), 1);
}

TEST_F(DefinitionServiceTest, WhatIsRefusedChangesNothing) {
  start();
  run(service_->create(definition("a")));
  EXPECT_EQ(run(service_->create(definition("a"))).outcome, Outcome::kExists);
  EXPECT_EQ(run(service_->create(json_of("{}"))).outcome, Outcome::kInvalid);
  EXPECT_EQ(run(service_->remove("b")).outcome, Outcome::kUnknown);
  EXPECT_EQ(run(service_->replace("b", definition("b"))).outcome, Outcome::kUnknown);
  EXPECT_EQ(compiled_, 2);
}

TEST_F(DefinitionServiceTest, IsRead) {
  start();
  EXPECT_EQ(run(service_->list()), "[]");
  run(service_->create(definition("a")));
  const auto one = run(service_->get("a"), 1);
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(json_of(*one).at("node_name"), "node");
  EXPECT_EQ(run(service_->list(), 2), "[" + *one + "]");
  EXPECT_EQ(run(service_->get("b")), std::nullopt);
}

TEST_F(DefinitionServiceTest, ManyAtOnceAreAllDone) {
  start();
  std::vector<std::future<ApiChange>> changes;
  for (ShardId i = 0; i < 60; ++i) {
    auto change = service_->create(definition("api" + std::to_string(i)));
    changes.push_back(boost::asio::co_spawn(shards_.executor(static_cast<ShardId>(i % kShards)),
                                            std::move(change), boost::asio::use_future));
  }
  std::set<std::string> names;
  for (auto& change : changes) EXPECT_EQ(change.get().outcome, Outcome::kDone);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_EQ(ids_on(shard).size(), 60U);
  for (const auto& entry : run(service_->snapshot_entries())) names.insert(entry.change);
  EXPECT_EQ(names.size(), 60U) << "each change has a name of its own";
}

TEST_F(DefinitionServiceTest, OtherNodesAreAskedBeforeAChangeIsInForce) {
  journal_.emplace();
  start();
  EXPECT_EQ(run(service_->create(definition("a")), 1).outcome, Outcome::kDone);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_THAT(ids_on(shard), ElementsAre("a"));
  journal_->answer(Agreement::kChanged);
  EXPECT_EQ(run(service_->create(definition("b")), 1).outcome, Outcome::kRaced);
  EXPECT_EQ(run(service_->remove("a"), 2).outcome, Outcome::kRaced);
  journal_->answer(Agreement::kUnavailable);
  EXPECT_EQ(run(service_->replace("a", definition("a", R"(,"versioned":true)"))).outcome,
            Outcome::kAlone);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_THAT(ids_on(shard), ElementsAre("a"));
  EXPECT_THAT(journal_->written(), ElementsAre("a", "b", "a", "a"));
  EXPECT_EQ(run(service_->create(definition("a"))).outcome, Outcome::kExists);
  EXPECT_THAT(journal_->written(), SizeIs(4)) << "what is refused here nobody is asked for";
}

TEST_F(DefinitionServiceTest, OtherNodesAreHeard) {
  journal_.emplace();
  start();
  ApiEntry entry;
  entry.id = "a";
  entry.node = "other";
  entry.definition = boost::json::serialize(definition("a"));
  ApiEntry broken;
  broken.id = "b";
  broken.definition = "{";
  run(service_->merge({entry, broken}), 1);
  for (ShardId shard = 0; shard < kShards; ++shard) EXPECT_THAT(ids_on(shard), ElementsAre("a"));
  EXPECT_THAT(run(service_->snapshot_entries()), ElementsAre(entry, broken));
  run(service_->merge({entry, broken}), 1);
  EXPECT_EQ(compiled_, 2) << "what is known is no change";
  EXPECT_THAT(journal_->written(), IsEmpty()) << "only changes of this node are told";
}

TEST_F(DefinitionServiceTest, FilesAreLoadedAndLookedAtAgain) {
  const auto text = [](const std::vector<boost::json::value>& list) {
    return boost::json::serialize(boost::json::array(list.begin(), list.end()));
  };
  journal_.emplace();
  start_with_file(text({definition("a"), definition("b")}));
  EXPECT_THAT(ids_on(2), ElementsAre("a", "b"));
  EXPECT_TRUE(journal_->has_news(1));

  write(text({definition("b"), definition("c")}));
  EXPECT_TRUE(journal_->has_news(2)) << "told when it is in force on all shards";
  EXPECT_THAT(ids_on(2), ElementsAre("b", "c"));

  write("[{");
  std::filesystem::remove(file_);
  write(text({definition("d")}));
  EXPECT_TRUE(journal_->has_news(3));
  EXPECT_THAT(ids_on(2), ElementsAre("d"));
}

TEST_F(DefinitionServiceTest, CanBeStoppedWithoutAStart) {
  service_ =
      std::make_unique<DefinitionService>(ProxyConfig{}, "node", shards_, registry_, nullptr);
}

}  // namespace
}  // namespace rig::proxy

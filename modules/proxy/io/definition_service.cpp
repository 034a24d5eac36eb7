#include "io/definition_service.hpp"

#include <rig/core/log.hpp>
#include <rig/core/shard.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <string_view>

namespace rig::proxy {
namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr ShardId kFilesShard = 0;
constexpr std::size_t kLoggedNameBytesMax = 100;

std::string_view for_log(std::string_view id) { return id.substr(0, kLoggedNameBytesMax); }

/// The same set with a count of references that only one shard touches.
ApiSetRef counted_apart(ApiSetRef set) {
  const auto* target = set.get();
  auto owner = std::make_shared<ApiSetRef>(std::move(set));
  return {std::move(owner), target};
}

}  // namespace

DefinitionService::DefinitionService(ProxyConfig config, std::string node, Shards& shards,
                                     metrics::Registry& registry, CompileRoutes compile)
    : reload_interval_(config.reload_interval),
      shards_(shards),
      store_(std::move(config), std::move(node), registry, std::move(compile)),
      per_shard_(shards),
      tasks_(shards.executor(kFilesShard), "proxy.files") {}

Task<> DefinitionService::start() {
  worker_.start();
  auto load = [this] { return store_.load(); };
  auto loaded = co_await Worker::run(worker_, std::move(load));
  auto make = [set = loaded](ShardId) {
    return std::make_unique<Current>(Current{counted_apart(set), {}});
  };
  co_await per_shard_.start(std::move(make));
  note_news();
  RIG_LOG(kInfo, "API definitions are loaded", {"apis", loaded->apis.size()});
  if (reload_interval_.count() > 0) tasks_.spawn(watch_files(Ref(*this)));
}

Task<> DefinitionService::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  worker_.stop();
  co_await per_shard_.stop();
}

/// What is asked for together with another change may be planned on the same ground, but only one
/// of them is agreed on.
template <class MakePlan>
Task<ApiChange> DefinitionService::change(Ref<DefinitionService> self, MakePlan make_plan) {
  if (self->journal_ == nullptr) co_return co_await change_alone(self, std::move(make_plan));
  auto plan = co_await Worker::run(self->worker_, std::move(make_plan));
  if (plan.change.outcome != ApiChange::Outcome::kDone) co_return std::move(plan.change);
  const auto agreement = co_await self->journal_->write(plan.entry);
  if (agreement != Agreement::kDone) {
    plan.change.outcome =
        agreement == Agreement::kChanged ? ApiChange::Outcome::kRaced : ApiChange::Outcome::kAlone;
    co_return std::move(plan.change);
  }
  auto make = [self, plan = std::move(plan)]() mutable {
    return self->store_.make(std::move(plan));
  };
  auto applied = co_await Worker::run(self->worker_, std::move(make));
  co_return co_await finish(self, std::move(applied));
}

template <class MakePlan>
Task<ApiChange> DefinitionService::change_alone(Ref<DefinitionService> self, MakePlan make_plan) {
  auto make = [self, make_plan = std::move(make_plan)] { return self->store_.make(make_plan()); };
  auto applied = co_await Worker::run(self->worker_, std::move(make));
  co_return co_await finish(self, std::move(applied));
}

Task<ApiChange> DefinitionService::finish(Ref<DefinitionService> self,
                                          DefinitionStore::Applied applied) {
  if (applied.set) {
    RIG_LOG(kNotice, "an API was changed", {"api", for_log(applied.change.id)});
    co_await carry(self, std::move(applied.set));
  }
  co_return std::move(applied.change);
}

Task<ApiChange> DefinitionService::create(boost::json::value definition) {
  auto make_plan = [this, definition = std::move(definition)] { return store_.create(definition); };
  co_return co_await change(Ref(*this), std::move(make_plan));
}

Task<ApiChange> DefinitionService::replace(std::string id, boost::json::value definition) {
  auto make_plan = [this, id = std::move(id), definition = std::move(definition)] {
    return store_.replace(id, definition);
  };
  co_return co_await change(Ref(*this), std::move(make_plan));
}

Task<ApiChange> DefinitionService::remove(std::string id) {
  auto make_plan = [this, id = std::move(id)] { return store_.remove(id); };
  co_return co_await change(Ref(*this), std::move(make_plan));
}

Task<std::string> DefinitionService::list() {
  auto read = [this] { return store_.table().list(); };
  co_return co_await Worker::run(worker_, std::move(read));
}

Task<std::optional<std::string>> DefinitionService::get(std::string id) {
  auto read = [this, id = std::move(id)] { return store_.table().get(id); };
  co_return co_await Worker::run(worker_, std::move(read));
}

Task<std::vector<ApiEntry>> DefinitionService::snapshot_entries() {
  auto read = [this] { return store_.table().entries(); };
  co_return co_await Worker::run(worker_, std::move(read));
}

Task<> DefinitionService::merge(std::vector<ApiEntry> entries) {
  auto merge = [this, entries = std::move(entries)] { return store_.merge(entries); };
  auto merged = co_await Worker::run(worker_, std::move(merge));
  if (merged.refused > 0)
    RIG_LOG(kError, "no room for the APIs of another node (RIG_PROXY_APIS_MAX)",
            {"refused", merged.refused});
  for (const auto& id : merged.unreadable)
    RIG_LOG(kError, "the API of another node is not served: it is invalid here",
            {"api", for_log(id)});
  if (merged.set) co_await carry(Ref(*this), std::move(merged.set));
}

/// Two changes may be on their way at once; the later set has both.
Task<> DefinitionService::take(Ref<DefinitionService> self, ApiSetRef set) {
  auto& current = self->per_shard_.local();
  if (current.set->version >= set->version) co_return;
  current.set = counted_apart(std::move(set));
  if (current.listener) current.listener(*current.set);
}

void DefinitionService::listen(Listener listener) {
  auto& current = per_shard_.local();
  current.listener = std::move(listener);
  if (current.listener) current.listener(*current.set);
}

void DefinitionService::note_news() const noexcept {
  if (journal_ != nullptr) journal_->note_news();
}

Task<> DefinitionService::carry(Ref<DefinitionService> self, ApiSetRef set) {
  const auto shards = static_cast<ShardId>(self->shards_->count());
  for (ShardId shard = 0; shard < shards; ++shard)
    co_await on_shard(self->shards_, shard, take(self, set));
}

Task<> DefinitionService::watch_files(Ref<DefinitionService> self) {
  Timer timer(self->shards_->executor(kFilesShard));
  // Ends when it is cancelled: the next wait throws.
  for (;;) {
    timer.expires_after(self->reload_interval_);
    const auto [cancelled] = co_await timer.async_wait(kUseTaskTuple);
    if (cancelled) co_return;
    co_await reload(self);
  }
}

Task<> DefinitionService::reload(Ref<DefinitionService> self) {
  auto look = [self] { return self->store_.reload(); };
  auto reloaded = co_await Worker::run(self->worker_, std::move(look));
  for (const auto& problem : reloaded.problems)
    RIG_LOG(kError, "changed API definitions are refused", {"reason", problem});
  if (!reloaded.set) co_return;
  RIG_LOG(kNotice, "API definitions are loaded again", {"changed", reloaded.changed});
  co_await carry(self, std::move(reloaded.set));
  self->note_news();
}

}  // namespace rig::proxy

#include "io/definition_service.hpp"

#include <rig/core/log.hpp>
#include <rig/core/shard.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <string_view>

namespace rig::proxy {
namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr ShardId kTellingShard = 0;
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
      tasks_(shards.executor(kTellingShard), "proxy.files") {}

Task<> DefinitionService::start() {
  worker_.start();
  auto load = [this] { return store_.load(); };
  auto loaded = co_await Worker::run(worker_, std::move(load));
  auto make = [set = loaded.set](ShardId) {
    return std::make_unique<Current>(Current{counted_apart(set), {}});
  };
  co_await per_shard_.start(std::move(make));
  co_await tell(Ref(*this), std::move(loaded.entries));
  RIG_LOG(kInfo, "API definitions are loaded", {"apis", loaded.set->apis.size()});
  if (reload_interval_.count() > 0) tasks_.spawn(watch_files(Ref(*this)));
}

Task<> DefinitionService::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  worker_.stop();
  co_await per_shard_.stop();
}

template <class Make>
Task<ApiChange> DefinitionService::change(Ref<DefinitionService> self, Make make) {
  auto applied = co_await Worker::run(self->worker_, std::move(make));
  if (applied.set) {
    RIG_LOG(kNotice, "an API was changed", {"api", for_log(applied.change.id)});
    co_await carry(self, std::move(applied.set), std::move(applied.entries));
  }
  co_return std::move(applied.change);
}

Task<ApiChange> DefinitionService::create(boost::json::value definition) {
  auto make = [this, definition = std::move(definition)] { return store_.create(definition); };
  co_return co_await change(Ref(*this), std::move(make));
}

Task<ApiChange> DefinitionService::replace(std::string id, boost::json::value definition) {
  auto make = [this, id = std::move(id), definition = std::move(definition)] {
    return store_.replace(id, definition);
  };
  co_return co_await change(Ref(*this), std::move(make));
}

Task<ApiChange> DefinitionService::remove(std::string id) {
  auto make = [this, id = std::move(id)] { return store_.remove(id); };
  co_return co_await change(Ref(*this), std::move(make));
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
  if (merged.set) co_await carry(Ref(*this), std::move(merged.set), {});
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

Task<> DefinitionService::tell(Ref<DefinitionService> self, Entries entries) {
  if (!self->on_change_) co_return;
  for (const auto& entry : entries) self->on_change_(entry);
}

Task<> DefinitionService::carry(Ref<DefinitionService> self, ApiSetRef set, Entries entries) {
  const auto shards = static_cast<ShardId>(self->shards_->count());
  for (ShardId shard = 0; shard < shards; ++shard)
    co_await on_shard(self->shards_, shard, take(self, set));
  if (!entries.empty())
    co_await on_shard(self->shards_, kTellingShard, tell(self, std::move(entries)));
}

Task<> DefinitionService::watch_files(Ref<DefinitionService> self) {
  Timer timer(self->shards_->executor(kTellingShard));
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
  RIG_LOG(kNotice, "API definitions are loaded again", {"changed", reloaded.entries.size()});
  co_await carry(self, std::move(reloaded.set), std::move(reloaded.entries));
}

}  // namespace rig::proxy

#pragma once

#include <rig/core/assert.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/run_on.hpp>
#include <rig/core/shard.hpp>

#include <concepts>
#include <memory>
#include <utility>
#include <vector>

namespace rig {

/// Runs `task` on another shard and returns its result on this one; see `run_on`.
template <class T>
Task<T> on_shard(Ref<Shards> shards, ShardId shard, Task<T> task) {
  co_return co_await run_on(shards->executor(shard), std::move(task));
}

/// One `T` per shard: made, used and destroyed on that shard. Whoever owns it calls `start` before
/// and `stop` after all use.
template <class T>
class Sharded {
 public:
  explicit Sharded(Shards& shards) : shards_(shards), parts_(shards.count()) {}
  ~Sharded() {
    for (const auto& part : parts_) RIG_ASSERT(part == nullptr);
  }
  Sharded(const Sharded&) = delete;
  Sharded& operator=(const Sharded&) = delete;

  /// The part of the current shard.
  [[nodiscard]] T& local() const { return part(current_shard()); }

  /// Makes each part by `make(shard)` on its shard.
  template <std::invocable<ShardId> Make>
  Task<> start(Make make) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto shard = static_cast<ShardId>(i);
      co_await on_shard(Ref(shards_), shard, construct(Ref(*this), shard, make));
    }
  }

  /// Runs the coroutine `run(part)` on each shard, one after the other.
  template <class Run>
  Task<> for_each(Run run) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i] == nullptr) continue;
      co_await on_shard(Ref(shards_), static_cast<ShardId>(i), run(Ref(*parts_[i])));
    }
  }

  /// Destroys each part on its shard.
  Task<> stop() {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const auto shard = static_cast<ShardId>(i);
      if (parts_[i] != nullptr) co_await on_shard(Ref(shards_), shard, destroy(Ref(*this), shard));
    }
  }

 private:
  template <class Make>
  static Task<> construct(Ref<Sharded> self, ShardId shard, Make make) {
    self->parts_[shard] = make(shard);
    co_return;
  }
  static Task<> destroy(Ref<Sharded> self, ShardId shard) {
    self->parts_[shard].reset();
    co_return;
  }

  [[nodiscard]] T& part(ShardId shard) const {
    RIG_ASSERT(shard < parts_.size() && parts_[shard] != nullptr);
    return *parts_[shard];
  }

  Shards& shards_;
  std::vector<std::unique_ptr<T>> parts_;
};

}  // namespace rig

#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace rig::jwt {

/// Lets the calling thread have the processor after the shards: SCHED_BATCH, and nicer by 10. A
/// shard that has as much to do as its processor can, keeps its pace, and tokens wait. False if the
/// system does not allow it, which costs no more than that.
bool give_way_to_shards() noexcept;

/// Threads for checks that would hold up a shard. What waits for them is bounded; any thread may
/// hand work in.
class VerifierPool {
 public:
  VerifierPool(std::size_t threads, std::size_t waiting_max)
      : threads_(threads), waiting_max_(waiting_max) {}

  void start() { pool_.emplace(threads_); }
  /// Waits for what runs and drops what waits. Safe to call twice.
  void stop() {
    if (!pool_) return;
    pool_->stop();
    pool_->join();
    pool_.reset();
  }

  /// False if too much waits already. `work` must not throw.
  template <class Work>
  [[nodiscard]] bool submit(Work work) {
    if (waiting_.fetch_add(1, std::memory_order_relaxed) >= waiting_max_) {
      waiting_.fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    boost::asio::post(*pool_, [this, work = std::move(work)]() mutable {
      [[maybe_unused]] thread_local const bool is_nice = give_way_to_shards();
      waiting_.fetch_sub(1, std::memory_order_relaxed);
      work();
    });
    return true;
  }

 private:
  const std::size_t threads_;
  const std::size_t waiting_max_;
  std::atomic<std::size_t> waiting_{0};
  std::optional<boost::asio::thread_pool> pool_;
};

}  // namespace rig::jwt

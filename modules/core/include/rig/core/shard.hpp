#pragma once

#include <rig/core/shard_id.hpp>
#include <rig/core/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace rig {

class TimerWheel;

/// Something to run on another shard. Runs once, on that shard's thread; must not throw.
class Mail {
 public:
  virtual ~Mail() = default;
  virtual void run() noexcept = 0;
};

/// The threads of the gateway: one per core, each with an `io_context` of its own. What lives on a
/// shard is touched by that shard's thread alone; shards talk by posting values. Owned by
/// `Application`.
class Shards {
 public:
  /// How far behind a shard is; readable from any thread.
  struct Load {
    std::size_t mailbox;                ///< messages posted and not yet run
    std::chrono::nanoseconds loop_lag;  ///< how late the shard's last tick came
  };

  /// `mailbox_max`: messages that may wait for one shard before `try_post` refuses.
  Shards(std::size_t count, std::size_t mailbox_max);
  ~Shards();
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  [[nodiscard]] std::size_t count() const noexcept;
  [[nodiscard]] Executor executor(ShardId shard) const noexcept;
  [[nodiscard]] Load load(ShardId shard) const noexcept;

  /// Timers with a resolution of a quarter second, for the current shard's own use.
  [[nodiscard]] TimerWheel& wheel() const noexcept;

  /// Runs `work` on `shard` later, in the order of the posts from this thread, also when `shard` is
  /// the current one. What one turn of the loop posts to a shard travels as one batch. Any thread
  /// may call it. Never refused: what is posted here is bounded by connections and requests, which
  /// have limits.
  template <class F>
  void post(ShardId shard, F&& work) {
    post_mail(shard, std::make_unique<MailOf<std::decay_t<F>>>(std::forward<F>(work)));
  }

  /// What this turn has posted so far leaves now instead of at its end: whoever then sends an
  /// answer knows that nothing that is posted because of it, from whichever shard, comes before. On
  /// a shard.
  void flush() noexcept;

  /// False if `shard` has too much to do: for data that can be refused at the source.
  [[nodiscard]] bool accepts(ShardId shard) const noexcept;

  void start();   ///< starts the threads
  void finish();  ///< lets the loops run out of work, and joins the threads

 private:
  template <class F>
  class MailOf final : public Mail {
   public:
    explicit MailOf(F work) : work_(std::move(work)) {}
    void run() noexcept override { work_(); }

   private:
    F work_;
  };

  struct Shard;
  void post_mail(ShardId shard, std::unique_ptr<Mail> mail);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rig

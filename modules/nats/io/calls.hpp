#pragma once

#include <rig/core/deadline.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/proxy/message_target.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace rig::nats {

/// The requests of one shard that wait for NATS.
class Calls {
 public:
  using Result = proxy::MessageTarget::Result;

  explicit Calls(Executor executor) : executor_(executor) {}

  /// One that waits; it is known from here on, so that a reply may be as quick as it likes.
  class Call {
   public:
    explicit Call(Calls& calls);
    ~Call() { calls_.waiting_.erase(id_); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    /// Nothing: there was none in time, or the client left.
    static Task<std::optional<Result>> wait(Ref<Call> self, Deadline deadline);

   private:
    friend class Calls;
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    Calls& calls_;
    const std::uint64_t id_;
    Timer timer_;
    std::optional<Result> result_;
  };

  /// The first result counts; whoever has left gets none.
  void finish(std::uint64_t id, Result result);
  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

 private:
  Executor executor_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, Call*> waiting_;
};

}  // namespace rig::nats

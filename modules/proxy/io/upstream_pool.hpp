#pragma once

#include "io/http_target_config.hpp"
#include "io/names.hpp"
#include "io/server.hpp"
#include "io/upstream_connection.hpp"
#include "io/waiter.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/timer_wheel.hpp>
#include <rig/http_client/tls_contexts.hpp>
#include <rig/metrics/cells.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rig::proxy {

/// The connections of one shard to backends, by server. A server is known while an exchange with it
/// is under way or a connection is kept.
class UpstreamPool {
 public:
  class Place;

  /// The most that one read takes.
  static constexpr std::size_t kScratchBytes = std::size_t{64} << 10;

  UpstreamPool(Executor executor, Shards& shards, const http_client::TlsContexts& contexts,
               const HttpTargetConfig& config, metrics::Gauge& open_connections);
  ~UpstreamPool();
  UpstreamPool(const UpstreamPool&) = delete;
  UpstreamPool& operator=(const UpstreamPool&) = delete;

  /// Breaks all connections, and returns when nobody has a place; later ones are refused.
  static Task<> stop(Ref<UpstreamPool> self);

  [[nodiscard]] TimerWheel& wheel() const noexcept { return shards_.wheel(); }
  [[nodiscard]] Executor executor() const noexcept { return executor_; }
  [[nodiscard]] std::size_t servers() const noexcept { return entries_.size(); }

 private:
  using ConnectionPtr = std::shared_ptr<UpstreamConnection>;
  struct Entry {
    std::size_t places = 0;  // that stand here, in whichever state
    std::size_t taken = 0;
    std::deque<Place*> waiting;
    std::vector<ConnectionPtr> idle;  // the last used one at the back
  };
  using EntryRef = std::map<Server, Entry>::iterator;
  using Context = boost::system::result<TlsContext, std::string>;

  void enter(Place& place, const Server& server);
  void leave(Place& place) noexcept;
  void keep(EntryRef entry, ConnectionPtr connection);
  void drop_idle(EntryRef entry, const UpstreamConnection& connection) noexcept;
  void forget_if_unused(EntryRef entry) noexcept;
  Context context_of(const Server& server);

  Executor executor_;
  Shards& shards_;
  const http_client::TlsContexts& contexts_;
  const HttpTargetConfig& config_;
  metrics::Gauge& open_connections_;
  Names names_;
  std::map<TlsSettings, TlsContext> tls_;
  std::map<Server, Entry> entries_;
  std::vector<Place*> places_;       // every one, each knows where it stands
  std::unique_ptr<char[]> scratch_;  // of all its connections
  bool is_stopped_ = false;
  Waiter all_left_;
};

/// The stay of one exchange at its server: waits for its turn, first come, first served, has a
/// connection, and leaves when the coroutine ends, in whichever way.
class UpstreamPool::Place final : private TimerWheel::Timer {
 public:
  enum class State : std::uint8_t {
    kIn,
    kWaits,
    kRefused,  ///< too many wait already, or it was not its turn in time
  };

  Place(UpstreamPool& pool, const Server& server);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] State state() const noexcept { return state_; }
  static Task<> wait(Ref<Place> self);  ///< until it is kIn or kRefused

  /// Takes a connection that was kept, if there is one; `must_look`: only one that shows no sign of
  /// its peer having left.
  [[nodiscard]] bool take_idle(bool must_look);
  /// Opens a new one, and closes what was there.
  static Task<std::optional<DialFailure>> dial(Ref<Place> self, std::chrono::milliseconds at_most);
  /// Has one once `take_idle` or `dial` did their work.
  [[nodiscard]] UpstreamConnection& connection() const noexcept { return *connection_; }
  [[nodiscard]] bool has_connection() const noexcept { return connection_ != nullptr; }
  /// The connection goes back to the pool instead of being closed. Otherwise it is closed.
  void keep_connection() noexcept { keeps_connection_ = true; }

 private:
  friend class UpstreamPool;

  void wake_soon() {
    if (waiter_) waiter_->wake_soon();
  }
  void close_connection() noexcept;

  UpstreamPool& pool_;
  EntryRef entry_;
  State state_ = State::kRefused;
  std::size_t index_ = 0;         // in the pool's list
  std::optional<Waiter> waiter_;  // of those who had to
  ConnectionPtr connection_;
  bool keeps_connection_ = false;
};

}  // namespace rig::proxy

#pragma once

#include "config.hpp"
#include "io/open_connection.hpp"
#include "logic/pace.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/deadline.hpp>
#include <rig/metrics/registry.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rig::nats {

/// What uses a connection. Its methods are called on the connection's own thread and may wait.
class ConnectionUser {
 public:
  /// There is a connection; it stays the same while servers come and go, until `closing`. An error
  /// is a reason to try again with a new one; `closing` is called then as well.
  virtual natsStatus opened(OpenConnection connection) = 0;
  /// It was lost and is there again, subscriptions too. On a thread of the library: must not wait.
  virtual void reconnected() noexcept {}
  /// Takes no new work, and says from time to time whether it has finished what it had.
  virtual void drain() noexcept {}
  [[nodiscard]] virtual bool is_drained() noexcept { return true; }
  /// The connection ends; afterwards the user does not touch it any more.
  virtual void closing() noexcept = 0;
  /// True: it only asks, so at the stop the connection is closed before `closing`, and whoever
  /// waits for a server that says nothing waits no longer.
  [[nodiscard]] virtual bool can_be_broken_off() const noexcept { return false; }

 protected:
  ~ConnectionUser() = default;
};

/// A connection to NATS for one purpose, kept up by a thread of its own. When it is lost, the
/// library tries all servers in turn and subscribes again; when it gives up, as after a second
/// refusal of the credentials, the thread begins anew. It never ends by itself.
class Connection final : public api::HealthPart {
 public:
  /// `purpose` names it for the servers, in the log and in metrics, and lives for ever; likewise
  /// `health_name`. `user` outlives the connection.
  Connection(ConnectionConfig config, std::string_view purpose, std::string_view health_name,
             ConnectionUser& user, metrics::Registry& registry);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Throws StartupError if the settings cannot be used; servers that cannot be reached are no
  /// error.
  void start();
  /// Lets the user finish and then closes; waits for that until `deadline`. On no shard.
  void drain(Deadline deadline) noexcept;
  /// Closes it and waits for the thread: on no shard. Safe to call twice, and without a start.
  void stop() noexcept;

  /// Ends it. The library (3.4) reads a subscription without holding it while it hands a message
  /// over, so it is destroyed when the server has answered, behind the last message of it, or when
  /// the connection is closed. Any thread.
  void retire(natsSubscription* subscription) noexcept;

  /// Any thread.
  [[nodiscard]] bool is_connected() const noexcept {
    return is_connected_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::string_view name() const noexcept override { return health_name_; }
  /// A gateway without NATS is ready: all of them would be out of service when a server restarts.
  [[nodiscard]] State state() const noexcept override {
    return {.word = is_connected() ? "connected" : "disconnected", .is_ready = true};
  }

 private:
  void run();
  [[nodiscard]] bool goes_on() const noexcept {
    return !is_stopping_.load() && !is_draining_.load();
  }
  void serve(natsConnection* connection);
  void serve_until_end(natsConnection* connection);
  void destroy_retired(natsConnection* connection);
  std::vector<natsSubscription*> take_retired();
  void set_callbacks();
  void follow(natsConnection* connection) noexcept;
  void set_connected(bool is_connected) noexcept;
  void note_unreachable(std::string_view reason) noexcept;
  void note_opened(natsConnection* connection) noexcept;
  void note_error(natsConnection* connection, natsStatus status) noexcept;
  [[nodiscard]] std::int64_t delay_ms(int rounds) noexcept;

  const ConnectionConfig config_;
  const std::string_view purpose_;
  const std::string_view health_name_;
  ConnectionUser& user_;
  metrics::Gauge& connected_;
  metrics::Counter& reconnects_;
  metrics::Counter& errors_;
  OptionsPtr options_;
  Pace unreachable_pace_;
  Pace error_pace_;
  std::atomic<bool> is_connected_{false};
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_draining_{false};
  std::atomic<bool> is_closed_{false};  // of the connection that is there
  std::mutex retired_mutex_;
  std::vector<natsSubscription*> retired_;
  std::counting_semaphore<> changed_{0};  // one of these four
  std::counting_semaphore<> ended_{0};    // the thread was done
  std::thread thread_;
};

}  // namespace rig::nats

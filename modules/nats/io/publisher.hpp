#pragma once

#include "config.hpp"
#include "io/library.hpp"

#include <rig/core/task.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rig::nats {

/// How it went.
enum class Published : std::uint8_t {
  kConfirmed,  ///< a server has it, as the answer to a ping behind it says
  kSent,       ///< it has a reply subject, so nobody waits for a confirmation
  kRefused,    ///< NATS cannot take it at all
  kFailed,     ///< there is no connection, or no confirmation in time: it may have got there
};

struct Publication {
  std::string subject;
  std::string reply_to;  ///< empty: nobody replies
  std::string data;
  /// Called once, on the publisher's thread. The reason is for the log.
  std::function<void(Published, std::string reason)> done;
};

/// A thread that publishes, as the library may wait for the network. What came while it did waits
/// in a queue, is published together, and confirmed together.
class Publisher {
 public:
  explicit Publisher(TargetConfig config) : config_(config) {}
  ~Publisher() { stop(); }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void start();
  /// Publishes what waits and ends the thread; on no shard. Safe to call twice, and without a
  /// start.
  void stop() noexcept;

  /// The connection to use from now on, or null. Done when no other is used any more; on no shard.
  void use(natsConnection* connection);
  /// False if too many wait already; then `done` is not called. Any thread.
  [[nodiscard]] bool submit(Publication publication);

 private:
  void publish(Publication publication);
  void confirm();
  [[nodiscard]] natsStatus send(const Publication& publication);

  const TargetConfig config_;
  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  std::atomic<std::size_t> waiting_{0};
  // Of the thread alone.
  natsConnection* connection_ = nullptr;
  std::vector<Publication> unconfirmed_;
  std::thread thread_;
};

}  // namespace rig::nats

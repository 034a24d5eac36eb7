#pragma once

#include "io/open_connection.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace rig::nats {

/// A subscription, and the thread that reads its messages in their order. What waits for the thread
/// is bounded; beyond that the library drops what is new. Called by the thread of the connection.
class Reader {
 public:
  struct Interest {
    std::string subject;  ///< also with wildcards
    std::string group;    ///< the queue group
    int pending_messages_max = 0;
    std::size_t pending_bytes_max = 0;
  };
  /// `handle` gets a message and may take more by `more`; `note_dropped` hears how many were
  /// dropped since it was last called. Both run on the thread.
  Reader(Interest interest, std::function<void(MessagePtr)> handle,
         std::function<void(std::uint64_t)> note_dropped);
  ~Reader() { close(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  natsStatus open(OpenConnection connection);
  /// Takes no new messages; those that wait are still read.
  void drain() noexcept;
  [[nodiscard]] bool is_done() const noexcept { return is_done_.load(); }
  /// Ends reading, whatever waits. Safe to call twice, and without `open`.
  void close() noexcept;

  /// Null unless a message waits already. For `handle`.
  [[nodiscard]] MessagePtr more();

 private:
  void read();
  [[nodiscard]] MessagePtr next(std::int64_t wait_ms);
  void look_for_dropped();

  const Interest interest_;
  const std::function<void(MessagePtr)> handle_;
  const std::function<void(std::uint64_t)> note_dropped_;
  SubscriptionPtr subscription_;
  std::int64_t dropped_ = 0;  // as was noted
  std::atomic<bool> is_draining_{false};
  std::atomic<bool> is_closing_{false};
  std::atomic<bool> is_done_{true};
  std::thread thread_;
};

}  // namespace rig::nats

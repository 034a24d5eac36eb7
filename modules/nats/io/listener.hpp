#pragma once

#include "io/open_connection.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <string>

namespace rig::nats {

/// A subscription whose messages the library hands over on a thread of its own, one after the
/// other. For replies: that nobody listens to a request is a message without which one could not
/// tell what request that was, and asking for messages leaves it out. Called by the thread of the
/// connection.
class Listener {
 public:
  struct Limits {
    int pending_messages_max;
    std::size_t pending_bytes_max;
  };
  /// `handle` must not wait; `note_dropped` hears how many messages found too many waiting since it
  /// was last called. Both run on the library's thread.
  Listener(std::string subject, Limits limits, std::function<void(natsMsg*)> handle,
           std::function<void(std::uint64_t)> note_dropped);
  ~Listener() { close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  natsStatus open(OpenConnection connection);
  /// Waits for the last message. Safe to call twice, and without `open`.
  void close() noexcept;

 private:
  void receive(natsSubscription* subscription, natsMsg* message);

  const std::string subject_;
  const Limits limits_;
  const std::function<void(natsMsg*)> handle_;
  const std::function<void(std::uint64_t)> note_dropped_;
  SubscriptionPtr subscription_;
  std::int64_t dropped_ = 0;  // as was noted; of the library's thread
  std::binary_semaphore is_over_{0};
};

}  // namespace rig::nats

#pragma once

#include "io/open_connection.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace rig::nats {

/// What a stream has of a subject behind a place, in order, and then what comes. The server holds
/// back while messages wait here. By a consumer that the server forgets when nobody listens.
///
/// A subscription like any other and not one of the library's for JetStream: in version 3.4 those
/// ask the server with their lock held, for which the thread waits that would read the answer, and
/// the ordered ones free what an end at the same moment reads.
class StreamFeed {
 public:
  struct Message {
    MessagePtr message;
    std::uint64_t sequence = 0;     ///< its place in the stream
    std::int64_t recorded = 0;      ///< nanoseconds since 1970, by the server's clock
    std::uint64_t left_behind = 0;  ///< how many follow by now
  };

  /// Waits for the server. `context` is one of `connection`.
  natsStatus open(OpenConnection connection, jsCtx* context, const std::string& stream,
                  const std::string& subject, std::uint64_t after);
  /// How many messages the stream had when it was opened.
  [[nodiscard]] std::uint64_t count_at_start() const noexcept { return count_at_start_; }
  /// NATS_TIMEOUT: there was none for so long. NATS_MISMATCH: one is missing, begin anew.
  natsStatus next(std::int64_t wait_ms, Message& message);
  /// Whoever waits in `next` waits no longer. Any thread.
  void end() noexcept;

 private:
  /// True: it was the server that spoke, not the stream.
  bool obey_control(natsMsg* message);
  natsStatus read(MessagePtr received, Message& message);

  OpenConnection connection_;
  SubscriptionPtr subscription_;
  std::uint64_t count_at_start_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace rig::nats

#pragma once

#include "io/jetstream.hpp"
#include "io/open_connection.hpp"

#include <rig/nats/stream.hpp>

#include <nats/nats.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace rig::nats {

/// What the servers are asked about a stream, by calls that wait. Lives as long as a connection.
class RecordedStream {
 public:
  struct State {
    std::uint32_t id = 0;
    std::uint64_t first = 0;  ///< sequence
    std::uint64_t last = 0;
  };

  explicit RecordedStream(const Streams::Settings& settings) : settings_(settings) {}

  natsStatus attach(OpenConnection connection);
  void detach() noexcept { context_.reset(); }
  /// Makes the stream, or adapts its settings to those of this gateway.
  natsStatus make(State& state);
  natsStatus look(State& state);
  /// Reads until all is there, or `is_stopping`, or it takes too long.
  natsStatus read(const StreamReading& reading, const std::atomic<bool>& is_stopping,
                  StreamPart& part);

 private:
  using Clock = std::chrono::steady_clock;
  struct Until {
    std::uint64_t sequence;
    Clock::time_point deadline;
    const std::atomic<bool>& is_stopping;
  };

  natsStatus read_subject(const std::string& subject, const StreamReading& reading,
                          const Until& until, StreamPart& part);

  const Streams::Settings& settings_;
  OpenConnection connection_;
  JetStreamPtr context_;
};

}  // namespace rig::nats

#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace rig {
class EnvReader;
}

namespace rig::nats {

/// Events from a stream of JetStream.
struct StreamConfig {
  std::string stream;   ///< its name; empty: none
  std::string durable;  ///< the consumer, which gateways share
  std::string subject;  ///< of the messages that are wanted; empty: all of the stream
  std::chrono::milliseconds ack_wait{30'000};
  int ack_pending_max = 1'000;
  std::size_t remembered_max = 65'536;
  std::chrono::milliseconds remembered_time{300'000};

  [[nodiscard]] bool is_on() const noexcept { return !stream.empty(); }

  static StreamConfig from_env(EnvReader& env);
};

}  // namespace rig::nats

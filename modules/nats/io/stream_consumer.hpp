#pragma once

#include "io/jetstream.hpp"
#include "io/open_connection.hpp"
#include "stream_config.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rig::nats {

/// The durable consumer of a stream, which the gateway asks for messages when it can take some. It
/// stays on the server whatever becomes of the gateway. All calls are made on one thread and may
/// wait, for two seconds at most.
class StreamConsumer {
 public:
  explicit StreamConsumer(const StreamConfig& config) : config_(config) {}

  /// Makes the consumer if there is none of its name; one that is there is used as it is. Empty, or
  /// what is wrong.
  [[nodiscard]] std::string open(OpenConnection connection);
  void close() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return subscription_ != nullptr; }

  struct Fetched {
    std::vector<MessagePtr> messages;  ///< destroyed before the consumer is closed
    std::string problem;               ///< why there can be none; empty if all is well
  };
  /// The messages that are there, at most `max`; if there are none it waits for one for `patience`.
  [[nodiscard]] Fetched fetch(std::size_t max, std::chrono::milliseconds patience);

  /// How long a message may be without a word; of the consumer as the server has it.
  [[nodiscard]] std::chrono::milliseconds ack_wait() const noexcept { return ack_wait_; }

 private:
  using InfoPtr =
      std::unique_ptr<jsConsumerInfo, DestroyWith<jsConsumerInfo, jsConsumerInfo_Destroy>>;

  struct Found {
    InfoPtr info;
    std::string problem;
  };
  [[nodiscard]] Found find() const;
  [[nodiscard]] natsStatus make(jsConsumerInfo** info, jsErrCode* code) const;
  [[nodiscard]] std::string bind(OpenConnection connection);
  natsStatus request(Fetched& fetched, std::size_t max, std::chrono::milliseconds patience,
                     bool waits);

  const StreamConfig config_;
  JetStreamPtr context_;
  SubscriptionPtr subscription_;
  std::chrono::milliseconds ack_wait_{0};
};

}  // namespace rig::nats

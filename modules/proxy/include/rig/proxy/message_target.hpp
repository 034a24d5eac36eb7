#pragma once

#include <rig/core/task.hpp>
#include <rig/proxy/answer.hpp>
#include <rig/proxy/api_definition.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// A broker that takes the requests of the endpoints whose `target` it is. Contributed by the
/// broker's module, one for each kind; its calls are made on the shard of the client, on several
/// shards at once.
class MessageTarget {
 public:
  static constexpr std::string_view kPort = "proxy.message_target";

  /// A client's request as it is published.
  struct Message {
    std::string topic;                         ///< Kafka topic, Kinesis stream, NATS subject
    std::string schema;                        ///< of the endpoint; empty: none
    std::optional<std::string> partition_key;  ///< messages with the same one keep their order
    std::string event;  ///< a CloudEvent in JSON, with the member `rig` about the request
  };

  struct Result {
    enum class Outcome : std::uint8_t {
      kTaken,        ///< the broker has it
      kAnswered,     ///< `answer` is what came back
      kTimeout,      ///< no answer in time
      kUnavailable,  ///< there is no broker, or it did not take it in time
      kRefused,      ///< the broker does not want this one: too large, no such topic
    };
    Outcome outcome = Outcome::kTaken;
    Answer answer = {};
    std::string reason = {};  ///< for the log, unless it went well
  };

  [[nodiscard]] virtual Target target() const noexcept = 0;

  /// Publishes. Done when the broker has taken it, as far as the broker says so. Bounded in time by
  /// the target's own settings; may be cancelled.
  virtual Task<Result> publish(Message message) = 0;

  /// Publishes and waits for the reply to it; only of targets that answer in this way
  /// (`response_from` is the target itself, and it does not answer by `Answers`).
  virtual Task<Result> request(Message message, std::chrono::milliseconds timeout) = 0;
  [[nodiscard]] virtual bool has_replies() const noexcept = 0;

 protected:
  ~MessageTarget() = default;
};

}  // namespace rig::proxy

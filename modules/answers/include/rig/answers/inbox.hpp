#pragma once

#include <rig/answers/answer.hpp>
#include <rig/core/task.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::answers {

/// Where the answers come in that clients wait for after their request was taken elsewhere: from
/// the management API, from a broker. The calls are made on a shard, at any time between the start
/// and the stop of a module that needs this port.
class Inbox {
 public:
  static constexpr std::string_view kPort = "answers.inbox";

  enum class Outcome : std::uint8_t {
    kDelivered,  ///< the client gets it
    kNobody,     ///< nobody waits for it, or no longer: it is late, has come already, or is forged
    kInvalid,    ///< `correlation` is none
    kUnreachable,  ///< its client is on another node, which does not answer now; it may get it
  };
  /// `correlation`: as the request was given it.
  virtual Task<Outcome> deliver(std::string correlation, Answer answer) = 0;

 protected:
  ~Inbox() = default;
};

}  // namespace rig::answers

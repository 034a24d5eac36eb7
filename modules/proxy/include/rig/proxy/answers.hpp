#pragma once

#include <rig/core/task.hpp>
#include <rig/proxy/answer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::proxy {

/// Where the answers come in that clients wait for after their request was taken elsewhere: by the
/// management API, or from a broker. The calls are made on a shard.
class Answers {
 public:
  static constexpr std::string_view kPort = "proxy.answers";

  enum class Outcome : std::uint8_t {
    kDelivered,  ///< the client gets it
    kNobody,     ///< nobody waits for it, or no longer: it is late, has come already, or is forged
    kInvalid,    ///< `correlation` is none
  };
  /// `correlation`: as the request was given it.
  virtual Task<Outcome> deliver(std::string correlation, Answer answer) = 0;

 protected:
  ~Answers() = default;
};

}  // namespace rig::proxy

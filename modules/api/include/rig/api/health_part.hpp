#pragma once

#include <string_view>

namespace rig::api {

/// Something of the gateway whose state `GET /health/ready` tells beside the gateway's own, such as
/// a connection to a broker. Contributed by the module that has it; read on any shard, so it must
/// not wait for anything.
///
///   {"status":"ready","parts":{"nats_source":"connected"}}
class HealthPart {
 public:
  static constexpr std::string_view kPort = "api.health_part";

  struct State {
    std::string_view word;  ///< "connected", …; lower-case letters and `_`; lives for ever
    /// False: no client is to be sent here until this changes. For what the gateway cannot serve
    /// without, not for what all gateways lose together: they would all be taken out of service.
    bool is_ready = true;
  };
  /// Like "nats_source"; the same characters.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual State state() const noexcept = 0;

 protected:
  ~HealthPart() = default;
};

}  // namespace rig::api

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rig::proxy {

/// Where a target is on this node, the environment looked up.
struct Upstream {
  bool is_tls = false;
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 0;
  bool operator==(const Upstream&) const = default;
};

/// How long a backend may take for each part of an exchange; 0: as the settings of the gateway say.
struct Timeouts {
  std::chrono::milliseconds connect{0};
  std::chrono::milliseconds first_byte{0};  ///< from the end of the request to the answer
  std::chrono::milliseconds idle{0};        ///< between bytes of the answer
  std::chrono::milliseconds total{0};
  bool operator==(const Timeouts&) const = default;
};

/// How the servers of an API are verified.
struct TlsRules {
  bool is_verified = true;
  std::string ca_file;      ///< PEM; authorities beside the system's; empty: those of all clients
  std::string server_name;  ///< asked for and verified instead of the host; empty: the host
  bool operator==(const TlsRules&) const = default;
};

/// Which target gets a request.
struct Balance {
  enum class By : std::uint8_t {
    kRoundRobin,
    kLeastRequests,
    kAddress,  ///< of the client; what has the same one goes to the same target
    kHeader,   ///< the same by the value of `header`; without it as round robin
    kPath,     ///< the same by the path that the target gets
  };
  By by = By::kRoundRobin;
  std::string header;
  bool operator==(const Balance&) const = default;
};

/// Requests of the gateway itself that tell whether a target is well.
struct HealthCheck {
  std::string path;
  std::chrono::milliseconds interval{10'000};
  std::chrono::milliseconds timeout{2'000};
  std::uint32_t unhealthy_after = 3;  ///< failures in a row
  std::uint32_t healthy_after = 2;    ///< successes in a row
  /// Of an answer that is a success; empty: 200 to 399.
  std::vector<std::int64_t> statuses;
  bool operator==(const HealthCheck&) const = default;
};

/// When a target that fails is left alone, and how long.
struct BreakerRules {
  std::uint32_t failures = 5;  ///< in a row, on one shard
  std::chrono::milliseconds open_for{10'000};
  std::vector<std::int64_t> statuses;  ///< of answers that are failures too
  bool operator==(const BreakerRules&) const = default;
};

struct BalancedTarget {
  Upstream upstream;
  std::uint32_t weight = 1;
  bool operator==(const BalancedTarget&) const = default;
};

/// The backends of an API and how its requests are spread over them.
struct TargetRules {
  std::vector<BalancedTarget> targets;  ///< at least one, none twice
  Balance balance;
  std::uint32_t retries = 0;  ///< other targets that are tried
  std::optional<HealthCheck> health_check;
  std::optional<BreakerRules> breaker;
  TlsRules tls;
  Timeouts timeouts;
  std::uint32_t requests_max = 0;  ///< under way at once, on the node; 0: any number
  /// Those under way, of all shards; null without `requests_max`. A new definition of the API
  /// counts anew.
  std::shared_ptr<std::atomic<std::uint32_t>> requests;

  /// Nothing has to be known for a request but the one target.
  [[nodiscard]] bool is_plain() const noexcept {
    return targets.size() == 1 && !health_check && !breaker && requests_max == 0;
  }
};

}  // namespace rig::proxy

#pragma once

#include "logic/forwarded.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace rig {
class EnvReader;
}

namespace rig::transport {

/// What a request may be at most; beyond it the answer is 414, 431 or 413.
struct RequestLimits {
  std::uint32_t target_bytes_max = 8000;
  std::uint32_t header_bytes_max = 16384;
  std::uint64_t body_bytes_max = 1 << 20;
};

/// What happens to a client that reads more slowly than its events come.
struct SlowClientConfig {
  enum class Policy : std::uint8_t {
    kDisconnect,  ///< it comes back and resumes
    kDropOldest,  ///< it gets `rig.gap` in the place of what was dropped
    kConflate,    ///< it gets the newest event of each type and subject
  };
  Policy policy = Policy::kDisconnect;
  std::uint64_t bytes_max = 1 << 20;  ///< that may wait for one client
  std::chrono::milliseconds age_max{60'000};
};

/// Clients that poll.
struct LongPollingConfig {
  std::chrono::milliseconds wait{5'000};              ///< for the first event
  std::chrono::milliseconds idle_timeout{3'600'000};  ///< a session that nobody polls ends
  std::size_t events_max = 1000;                      ///< that wait for the next poll
};

/// Who is one too many, beyond `connections_max`. Zero is no limit.
struct LimitsConfig {
  std::uint32_t connections_per_minute_max = 5000;
  std::uint32_t connections_per_address_max = 0;
  std::uint32_t requests_per_second_per_address = 0;
  std::uint32_t request_burst_per_address = 0;  ///< not zero if there is a rate
  std::size_t addresses_max = 100'000;          ///< remembered per shard without a connection
  TrustedProxies trusted_proxies;
};

inline constexpr std::size_t kConnectionsMaxDefault = 100'000;

/// What happens to a connection when the token ends that it was opened with.
struct TokenExpiryConfig {
  bool closes = true;
  std::chrono::milliseconds warning{30'000};  ///< before it; zero: none
};

struct TransportConfig {
  std::uint16_t inbound_port = 4000;
  std::uint16_t api_port = 4010;
  std::string bind_address;  ///< empty: all interfaces
  std::string api_bind;      ///< of the management API; empty: the loopback, or bind_address
                             ///< if it asks for a credential
  std::string cors = "*";
  RequestLimits limits;
  std::chrono::milliseconds header_timeout{5'000};
  std::chrono::milliseconds body_timeout{15'000};
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::size_t connections_max = kConnectionsMaxDefault;  ///< per shard, both doors together
  std::chrono::milliseconds heartbeat_interval{15'000};
  SlowClientConfig slow;
  LongPollingConfig longpolling;
  LimitsConfig admission;
  std::size_t ws_message_bytes_max = std::size_t{64} << 10;
  bool ws_deflate = false;
  bool ws_accepts_refused = false;  ///< and closes them then, as the first RIG did
  bool denies_as_v3 = false;        ///< by 400 and the words of the first RIG
  TokenExpiryConfig token_expiry;
  std::chrono::milliseconds retry{3'000};
  std::chrono::milliseconds drain_spread{2'000};

  static TransportConfig from_env(EnvReader& env);
};

}  // namespace rig::transport

#pragma once

#include <rig/core/token_bucket.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace rig::proxy {

/// Where a value is in the claims of a token.
struct ClaimPath {
  std::string name;   ///< as it is configured: the name of a claim, or a JSON pointer (RFC 6901)
  std::string claim;  ///< the claim itself
  std::string rest;   ///< a JSON pointer into it; empty: all of it
  bool operator==(const ClaimPath&) const = default;
};

/// A header by which the upstream is told a claim.
struct ClaimHeaderRule {
  std::string header;
  /// None: on this endpoint the header is only taken out of what clients send.
  std::optional<ClaimPath> claim;
  bool operator==(const ClaimHeaderRule&) const = default;
};

/// How many requests one client may send.
struct RateLimit {
  enum class By : std::uint8_t { kAddress, kHeader, kClaim };

  TokenBucket::Rate rate;
  std::int64_t requests = 0;  ///< in each `per`, as it is configured
  std::chrono::milliseconds per{0};
  By by = By::kAddress;
  std::string header;  ///< by whose value clients are told apart
  ClaimPath claim;     ///< the same
  /// Names the limit with all its numbers: what is known of clients outlives a change of the
  /// definition that leaves the limit as it was.
  std::string scope;
};

}  // namespace rig::proxy

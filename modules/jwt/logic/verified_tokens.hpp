#pragma once

#include <rig/jwt/token.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

namespace rig::jwt {

/// SHA-256 of a token: what is kept of it, so that no token lies in memory longer than needed.
using Fingerprint = std::array<std::uint8_t, 32>;
[[nodiscard]] Fingerprint fingerprint_of(std::string_view token);

struct FingerprintHash {
  [[nodiscard]] std::size_t operator()(const Fingerprint& fingerprint) const noexcept;
};

/// Tokens that were found valid, so that the same one is not checked again with every request. The
/// one that was not used for the longest time makes room. Of one shard.
class VerifiedTokens {
 public:
  using Time = std::chrono::system_clock::time_point;
  /// A token of this size counts as one, a larger one as several.
  static constexpr std::size_t kTokenBytes = 1024;

  /// `tokens_max` 0: nothing is kept. `age_max`: how long without another check.
  VerifiedTokens(std::size_t tokens_max, std::chrono::milliseconds age_max)
      : tokens_max_(tokens_max), age_max_(age_max) {}

  /// Null if the token is not here, has expired, or was checked with other keys: `generation` is
  /// that of the keys in force.
  [[nodiscard]] TokenRef find(const Fingerprint& fingerprint, std::uint64_t generation, Time now);
  void add(const Fingerprint& fingerprint, TokenRef token, std::size_t token_bytes,
           std::uint64_t generation, Time now);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    Fingerprint fingerprint;
    TokenRef token;
    Time good_until;
    std::uint64_t generation;
    std::size_t weight;
  };
  using Entries = std::list<Entry>;

  void remove(Entries::iterator entry);

  const std::size_t tokens_max_;
  const std::chrono::milliseconds age_max_;
  Entries entries_;  // the last used first
  std::unordered_map<Fingerprint, Entries::iterator, FingerprintHash> by_fingerprint_;
  std::size_t weight_ = 0;
};

}  // namespace rig::jwt

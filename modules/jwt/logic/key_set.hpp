#pragma once

#include "logic/jws.hpp"
#include "logic/key.hpp"

#include <rig/jwt/token.hpp>

#include <boost/container/static_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace rig::jwt {

/// All keys that tokens may be signed with at one time. Immutable; any thread.
class KeySet {
 public:
  /// Keys that one token is tried with: a check is expensive, and a stranger starts it.
  static constexpr std::size_t kTriesMax = 8;

  /// `generation` tells one set from the next.
  KeySet(std::vector<Key> keys, std::uint64_t generation)
      : keys_(std::move(keys)), generation_(generation) {}

  /// The keys that could have signed a token, in the order of the settings.
  struct Candidates {
    boost::container::static_vector<const Key*, kTriesMax> keys;
    Refusal refusal = Refusal::kSignature;  ///< if none of `keys` did
    bool kid_is_unknown = false;  ///< it names a key that is not here: perhaps it is a new one
    /// To try them takes less than to have another thread do it.
    [[nodiscard]] bool are_quick() const noexcept;
  };
  /// A token that names a key that is here is checked with that one. Otherwise a key with a name is
  /// for tokens without, and a key without a name for all; in each case only if it is for the
  /// token's algorithm.
  [[nodiscard]] Candidates candidates(const Jws& jws) const;

  [[nodiscard]] std::span<const Key> keys() const noexcept { return keys_; }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

 private:
  std::vector<Key> keys_;
  std::uint64_t generation_;
};
using KeySetRef = std::shared_ptr<const KeySet>;

}  // namespace rig::jwt

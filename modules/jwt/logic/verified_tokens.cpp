#include "logic/verified_tokens.hpp"

#include <rig/core/assert.hpp>

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace rig::jwt {

Fingerprint fingerprint_of(std::string_view token) {
  Fingerprint fingerprint{};
  RIG_ASSERT(SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                    fingerprint.data()) != nullptr);
  return fingerprint;
}

std::size_t FingerprintHash::operator()(const Fingerprint& fingerprint) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, fingerprint.data(), sizeof hash);
  return hash;
}

TokenRef VerifiedTokens::find(const Fingerprint& fingerprint, std::uint64_t generation, Time now) {
  const auto found = by_fingerprint_.find(fingerprint);
  if (found == by_fingerprint_.end()) return nullptr;
  const auto entry = found->second;
  if (entry->generation != generation || now >= entry->good_until) {
    remove(entry);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->token;
}

void VerifiedTokens::add(const Fingerprint& fingerprint, TokenRef token, std::size_t token_bytes,
                         std::uint64_t generation, Time now) {
  const std::size_t weight = 1 + token_bytes / kTokenBytes;
  if (weight > tokens_max_) return;
  if (const auto found = by_fingerprint_.find(fingerprint); found != by_fingerprint_.end())
    remove(found->second);
  while (weight_ + weight > tokens_max_) remove(std::prev(entries_.end()));
  auto good_until = now + age_max_;
  if (token->expires_at) good_until = std::min(good_until, *token->expires_at);
  entries_.push_front({fingerprint, std::move(token), good_until, generation, weight});
  by_fingerprint_.emplace(fingerprint, entries_.begin());
  weight_ += weight;
}

void VerifiedTokens::remove(Entries::iterator entry) {
  weight_ -= entry->weight;
  by_fingerprint_.erase(entry->fingerprint);
  entries_.erase(entry);
}

}  // namespace rig::jwt

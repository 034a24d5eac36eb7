#include "logic/answer_cache.hpp"

#include <rig/core/assert.hpp>

#include <openssl/evp.h>

#include <cstring>
#include <memory>

namespace rig::access {

AnswerCache::Key AnswerCache::key_of(std::span<const std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  Key key{};
  bool is_done = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const auto part : parts) {
    const std::uint64_t size = part.size();  // so that no two lists of parts look the same
    is_done = is_done && EVP_DigestUpdate(context.get(), &size, sizeof size) == 1 &&
              EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  is_done = is_done && EVP_DigestFinal_ex(context.get(), key.data(), nullptr) == 1;
  RIG_ASSERT(is_done);
  return key;
}

std::size_t AnswerCache::Hash::operator()(const Key& key) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<int> AnswerCache::find(const Key& key, Time now) {
  const auto place = places_.find(key);
  if (place == places_.end()) return std::nullopt;
  const auto answer = place->second;
  if (answer->until <= now) {
    places_.erase(place);
    answers_.erase(answer);
    return std::nullopt;
  }
  answers_.splice(answers_.begin(), answers_, answer);
  return answer->status;
}

void AnswerCache::keep(const Key& key, int status, Time until) {
  if (max_ == 0) return;
  if (const auto place = places_.find(key); place != places_.end()) {
    place->second->status = status;
    place->second->until = until;
    return;
  }
  if (places_.size() == max_) {
    places_.erase(answers_.back().key);
    answers_.pop_back();
  }
  answers_.push_front({key, status, until});
  places_.emplace(key, answers_.begin());
}

}  // namespace rig::access

#include "logic/key_set.hpp"

#include <algorithm>

namespace rig::jwt {

bool KeySet::Candidates::are_quick() const noexcept {
  if (keys.size() == 1) return keys.front()->is_quick();
  return std::ranges::all_of(keys, [](const Key* key) { return key->is_secret(); });
}

KeySet::Candidates KeySet::candidates(const Jws& jws) const {
  Candidates found;
  if (keys_.empty()) {
    found.refusal = Refusal::kNoKeys;
    return found;
  }
  const bool has_key =
      jws.kid && std::ranges::any_of(keys_, [&](const Key& key) { return key.kid() == jws.kid; });
  found.kid_is_unknown = jws.kid && !has_key;
  for (const Key& key : keys_) {
    const bool could_be = has_key ? key.kid() == jws.kid : !jws.kid || !key.kid();
    if (!could_be || !key.allows(jws.algorithm)) continue;
    found.keys.push_back(&key);
    if (found.keys.size() == kTriesMax) break;
  }
  if (found.keys.empty())
    found.refusal = found.kid_is_unknown ? Refusal::kUnknownKey : Refusal::kAlgorithm;
  return found;
}

}  // namespace rig::jwt

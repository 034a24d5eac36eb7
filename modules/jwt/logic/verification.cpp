#include "logic/verification.hpp"

#include "logic/base64url.hpp"
#include "logic/strict_json.hpp"

#include <algorithm>
#include <utility>

namespace rig::jwt {

Verdict verify(const Jws& jws, const KeySet::Candidates& keys, const ClaimRules& rules,
               std::chrono::system_clock::time_point now) {
  const bool is_signed = std::ranges::any_of(keys.keys, [&](const Key* key) {
    return key->verify(jws.algorithm, jws.signed_text, jws.signature);
  });
  if (!is_signed) return keys.refusal;
  const auto text = decode_base64url(jws.payload);
  if (!text) return Refusal::kMalformed;
  auto claims = parse_document(*text);
  if (!claims || !claims->is_object()) return Refusal::kMalformed;
  return check_claims(std::move(claims->get_object()), rules, now);
}

}  // namespace rig::jwt

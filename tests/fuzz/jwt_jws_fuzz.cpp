// A token of a stranger. Whatever it is, taking it apart ends; what is taken apart says the same as
// the token; nobody signs without a key. Its payload is also read as claims, as if it were signed.

#include "logic/base64url.hpp"
#include "logic/claims.hpp"
#include "logic/jws.hpp"
#include "logic/key_set.hpp"
#include "logic/strict_json.hpp"
#include "logic/verification.hpp"

#include <rig/core/assert.hpp>

#include <openssl/err.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace rig::jwt;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr system_clock::time_point kNow{seconds(1'700'000'000)};

const KeySet& keys() {
  static const KeySet set = [] {
    std::vector<Key> list;
    list.push_back(*Key::hmac({}, "a secret that no corpus knows"));
    list.push_back(
        *Key::from_pem(Algorithm::kEs256,
                       "-----BEGIN PUBLIC KEY-----\\n"
                       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\\n"
                       "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\\n"
                       "-----END PUBLIC KEY-----\\n"));
    return KeySet(std::move(list), 1);
  }();
  return set;
}

void read_claims(std::string_view payload) {
  const auto text = decode_base64url(payload);
  if (!text) return;
  auto claims = parse_document(*text);
  if (!claims || !claims->is_object()) return;
  ClaimRules rules;
  rules.leeway = seconds(60);
  rules.issuer = "joe";
  rules.audience = "rig";
  const auto token = check_claims(std::move(claims->get_object()), rules, kNow);
  if (!token) return;
  RIG_ASSERT((*token)->expires_at && *(*token)->expires_at > kNow);
  RIG_ASSERT((*token)->claims.at("iss").get_string() == "joe");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const auto jws = parse_jws(token, kTokenBytesMax);
  if (!jws) {
    RIG_ASSERT(jws.error() == Refusal::kMalformed || jws.error() == Refusal::kAlgorithm);
    return 0;
  }
  RIG_ASSERT(size <= kTokenBytesMax && token.starts_with(jws->signed_text));
  RIG_ASSERT(jws->signed_text.ends_with(jws->payload));
  RIG_ASSERT(decode_base64url(token.substr(jws->signed_text.size() + 1)) == jws->signature);
  const auto candidates = keys().candidates(*jws);
  RIG_ASSERT(verify(*jws, candidates, {}, kNow).has_error());
  RIG_ASSERT(ERR_peek_error() == 0);
  read_claims(jws->payload);
  return 0;
}

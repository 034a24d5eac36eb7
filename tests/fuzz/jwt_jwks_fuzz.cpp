// A set of keys; the first byte chooses whether it comes from a URL. Each key is for some
// algorithms of one kind, no name is there twice, and the notes are printable lines.

#include "logic/jwks.hpp"

#include <rig/core/assert.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace rig::jwt;

void check(const Key& key, JwksOrigin origin) {
  RIG_ASSERT(origin == JwksOrigin::kSettings || !key.is_secret());
  std::size_t count = 0;
  for (std::size_t i = 0; i < kAlgorithmNames.size(); ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    if (!key.allows(algorithm)) continue;
    ++count;
    RIG_ASSERT(key.is_secret() == (family_of(algorithm) == Family::kHmac));
    RIG_ASSERT(!key.verify(algorithm, "text", "no signature"));
  }
  RIG_ASSERT(count > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto origin = data[0] == 'u' ? JwksOrigin::kUrl : JwksOrigin::kSettings;
  const auto jwks = parse_jwks({reinterpret_cast<const char*>(data) + 1, size - 1}, origin);
  RIG_ASSERT(ERR_peek_error() == 0);
  if (!jwks) {
    RIG_ASSERT(!jwks.error().empty());
    return 0;
  }
  RIG_ASSERT(jwks->keys.size() + jwks->notes.size() <= kJwksKeysMax);
  std::set<std::string> kids;
  for (const Key& key : jwks->keys) {
    check(key, origin);
    if (key.kid()) RIG_ASSERT(kids.insert(*key.kid()).second);
  }
  for (const std::string& note : jwks->notes)
    RIG_ASSERT(note.starts_with("key ") &&
               std::ranges::none_of(note, [](unsigned char c) { return c < 0x20 || c > 0x7E; }));
  return 0;
}

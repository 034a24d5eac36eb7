#pragma once

#include "logic/key.hpp"

#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::jwt {

inline constexpr std::size_t kJwksBytesMax = 256U << 10;
inline constexpr std::size_t kJwksKeysMax = 100;

/// Who may see a set of keys besides us: secrets are taken from the settings only.
enum class JwksOrigin : std::uint8_t { kSettings, kUrl };

struct Jwks {
  std::vector<Key> keys;
  /// Why keys were left out, each like "key 3 is …"; nothing of the key.
  std::vector<std::string> notes;
};

/// A set of JSON Web Keys (RFC 7517; the kinds of RFC 7518, 6 and RFC 8037, 2). Keys that are for
/// something else, that we do not know or that are bad are left out, so that a new kind of key
/// shuts nobody out. The error says why the text is no set at all.
[[nodiscard]] boost::system::result<Jwks, std::string> parse_jwks(std::string_view text,
                                                                  JwksOrigin origin);
[[nodiscard]] boost::system::result<Jwks, std::string> read_jwks(const boost::json::value& set,
                                                                 JwksOrigin origin);

}  // namespace rig::jwt

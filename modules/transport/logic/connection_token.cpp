#include "logic/connection_token.hpp"

#include <rig/core/assert.hpp>

#include <openssl/rand.h>

#include <array>

namespace rig::transport {

std::string new_connection_token() {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 24> random{};
  RIG_ASSERT(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  std::string token;
  token.reserve(random.size());
  for (const unsigned char byte : random) token += kDigits[byte & 63];
  return token;
}

}  // namespace rig::transport

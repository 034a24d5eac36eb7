#pragma once

#include <rig/core/secret.hpp>
#include <rig/peers/node_identity.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::peers {

/// Seals texts with a secret: HMAC-SHA-256 (RFC 2104) over the text, of which 144 bits stand behind
/// it in URL-safe base64. Each purpose has a key of its own, derived from the secret by
/// HKDF-SHA-256 (RFC 5869). Any thread.
class Seal {
 public:
  explicit Seal(const Secret& secret);

  [[nodiscard]] std::string seal(Purpose purpose, std::string text) const;
  [[nodiscard]] NodeIdentity::Opened open(Purpose purpose, std::string_view sealed) const;

 private:
  using Key = std::array<std::uint8_t, 32>;

  [[nodiscard]] std::string tag(Purpose purpose, std::string_view text) const;

  std::array<Key, kPurposes> keys_;
};

}  // namespace rig::peers

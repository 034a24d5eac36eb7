#include "logic/connection_token.hpp"

#include <rig/core/assert.hpp>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

namespace rig::transport {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kBytes = 30;  // a whole number of base64 groups
constexpr std::size_t kText = kBytes / 3 * 4;
using Bytes = std::array<std::uint8_t, kBytes>;

template <class Number>
std::uint8_t* put(std::uint8_t* at, Number number) noexcept {
  for (std::size_t i = sizeof number; i-- > 0;)
    *at++ = static_cast<std::uint8_t>(std::uint64_t{number} >> (8 * i));
  return at;
}

template <class Number>
const std::uint8_t* take(const std::uint8_t* at, Number& number) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) value = value << 8 | *at++;
  number = static_cast<Number>(value);
  return at;
}

}  // namespace

std::string ConnectionToken::text() const {
  Bytes bytes{};
  auto* at = put(put(put(bytes.data(), node), shard), slot);
  std::ranges::copy(secret, at);
  std::string text;
  text.reserve(kText);
  for (std::size_t i = 0; i < kBytes; i += 3) {
    const unsigned group = static_cast<unsigned>(bytes[i]) << 16 |
                           static_cast<unsigned>(bytes[i + 1]) << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[(group >> shift) & 63];
  }
  return text;
}

std::optional<ConnectionToken> ConnectionToken::parse(std::string_view text) noexcept {
  if (text.size() != kText) return std::nullopt;
  Bytes bytes{};
  for (std::size_t i = 0; i < kText / 4; ++i) {
    unsigned group = 0;
    for (const char c : text.substr(4 * i, 4)) {
      const auto digit = kDigits.find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<unsigned>(digit);
    }
    for (std::size_t byte = 0; byte < 3; ++byte)
      bytes[3 * i + byte] = static_cast<std::uint8_t>(group >> (16 - 8 * byte));
  }
  ConnectionToken token;
  const auto* at = take(take(take(bytes.data(), token.node), token.shard), token.slot);
  std::copy_n(at, token.secret.size(), token.secret.begin());
  return token;
}

std::string sealed_text(const ConnectionToken& token, const peers::NodeIdentity& here) {
  return here.seal(peers::Purpose::kConnection, token.text());
}

std::optional<ConnectionToken> parse_sealed(std::string_view text,
                                            const peers::NodeIdentity& here) {
  const auto opened = here.open(peers::Purpose::kConnection, text);
  auto token = ConnectionToken::parse(opened.text);
  if (token && !opened.is_genuine) token->node = peers::kNoNode;
  return token;
}

bool same(const ConnectionToken::Secret& a, const ConnectionToken::Secret& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void Secrets::draw() {
  RIG_ASSERT(RAND_bytes(pool_.front().data(), static_cast<int>(sizeof pool_)) == 1);
  used_ = 0;
}

ConnectionToken::Secret Secrets::next() {
  if (used_ == pool_.size()) draw();
  auto& secret = pool_[used_++];
  const auto copy = secret;
  OPENSSL_cleanse(secret.data(), secret.size());
  return copy;
}

}  // namespace rig::transport

#include "logic/seal.hpp"

#include <rig/core/assert.hpp>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <cstddef>
#include <memory>

namespace rig::peers {
namespace {

constexpr std::size_t kTagBytes = 18;  // a whole number of base64 groups
constexpr std::size_t kTagText = kTagBytes / 3 * 4;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The version: another way to make seals gets other keys.
constexpr std::string_view label_of(Purpose purpose) noexcept {
  return purpose == Purpose::kConnection ? "rig 1 connection" : "rig 1 correlation";
}

OSSL_PARAM octets(const char* name, std::string_view bytes) {
  // What OpenSSL only reads it takes as if it might write.
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

template <class Key>
Key derive(const Secret& secret, std::string_view label) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr), &EVP_KDF_free);
  RIG_ASSERT(kdf != nullptr);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      EVP_KDF_CTX_new(kdf.get()), &EVP_KDF_CTX_free);
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 4> params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
      octets(OSSL_KDF_PARAM_KEY, secret.reveal()), octets(OSSL_KDF_PARAM_INFO, label),
      OSSL_PARAM_construct_end()};
  Key key{};
  const bool is_derived = EVP_KDF_derive(context.get(), key.data(), key.size(), params.data()) == 1;
  RIG_ASSERT(is_derived);
  return key;
}

}  // namespace

Seal::Seal(const Secret& secret)
    : keys_{derive<Key>(secret, label_of(Purpose::kConnection)),
            derive<Key>(secret, label_of(Purpose::kCorrelation))} {}

std::string Seal::tag(Purpose purpose, std::string_view text) const {
  const Key& key = keys_[static_cast<std::size_t>(purpose)];
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const bool is_made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes,
                            text.size(), digest.data(), &size) != nullptr;
  RIG_ASSERT(is_made && size >= kTagBytes);
  std::string tag;
  tag.reserve(kTagText);
  for (std::size_t i = 0; i < kTagBytes; i += 3) {
    const unsigned group = static_cast<unsigned>(digest[i]) << 16U |
                           static_cast<unsigned>(digest[i + 1]) << 8U | digest[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) tag += kDigits[(group >> shift) & 63U];
  }
  return tag;
}

std::string Seal::seal(Purpose purpose, std::string text) const {
  text += tag(purpose, text);
  return text;
}

NodeIdentity::Opened Seal::open(Purpose purpose, std::string_view sealed) const {
  if (sealed.size() < kTagText) return {sealed, false};
  const auto text = sealed.substr(0, sealed.size() - kTagText);
  const auto good = tag(purpose, text);
  const auto found = sealed.substr(text.size());
  return {text, CRYPTO_memcmp(good.data(), found.data(), kTagText) == 0};
}

}  // namespace rig::peers

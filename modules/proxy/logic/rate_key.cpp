#include "logic/rate_key.hpp"

#include <rig/core/assert.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <random>

namespace rig::proxy {

RateKeys RateKeys::with_random_seed() {
  std::random_device random;
  Seed seed{};
  std::ranges::generate(seed, [&] { return static_cast<std::uint8_t>(random()); });
  return RateKeys(seed);
}

RateKey RateKeys::key_of(std::span<const std::string_view> parts) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  bool is_done = context != nullptr &&
                 EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                 EVP_DigestUpdate(context.get(), seed_.data(), seed_.size()) == 1;
  for (const auto part : parts) {
    const std::uint64_t size = part.size();
    is_done = is_done && EVP_DigestUpdate(context.get(), &size, sizeof size) == 1 &&
              EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  std::array<std::uint8_t, 32> digest{};
  is_done = is_done && EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  RIG_ASSERT(is_done);
  RateKey key{};
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace rig::proxy

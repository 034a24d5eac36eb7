#include "logic/hash.hpp"

#include <cstddef>
#include <cstring>
#include <random>

namespace rig::subscriptions {
namespace {

template <class Word>
std::uint64_t read(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

constexpr std::uint64_t kOdd1 = 0xD6E8FEB86659FD93U;
constexpr std::uint64_t kOdd2 = 0xA0761D6478BD642FU;

}  // namespace

std::uint64_t hash_seed() noexcept {
  static const std::uint64_t kSeed = [] {
    std::random_device random;
    return (std::uint64_t{random()} << 32) ^ random();
  }();
  return kSeed;
}

std::uint64_t hash_of(std::string_view text) noexcept {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = hash_seed();
  while (left > 16) {
    hash = mix(read<std::uint64_t>(at) ^ kOdd1, read<std::uint64_t>(at + 8) ^ hash);
    at += 16;
    left -= 16;
  }
  // The rest as two words, which overlap unless it is as long as both.
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  if (left >= 8) {
    head = read<std::uint64_t>(at);
    tail = read<std::uint64_t>(at + left - 8);
  } else if (left >= 4) {
    head = read<std::uint32_t>(at);
    tail = read<std::uint32_t>(at + left - 4);
  } else if (left > 0) {
    head = read<std::uint8_t>(at);
    tail = read<std::uint8_t>(at + left / 2) << 8 | read<std::uint8_t>(at + left - 1);
  }
  return mix(mix(head ^ kOdd1, tail ^ hash), kOdd2 ^ text.size());
}

}  // namespace rig::subscriptions

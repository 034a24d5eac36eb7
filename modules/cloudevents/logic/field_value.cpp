#include <rig/cloudevents/field_value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>

namespace rig::cloudevents {
namespace {

/// Subscribers choose the values that the index is built of. With a secret of this process nobody
/// can choose them so that their hashes collide.
const std::array<std::uint64_t, 2>& hash_secret() {
  static const std::array<std::uint64_t, 2> kSecret = [] {
    std::random_device random;
    const auto word = [&random] { return (std::uint64_t{random()} << 32U) | random(); };
    return std::array{word() | 1U, word() | 1U};
  }();
  return kSecret;
}

/// Folds the 128-bit product, which lets every bit of the input reach every bit of the result.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::size_t hash_word(std::uint64_t kind, std::uint64_t word) noexcept {
  const auto& [first, second] = hash_secret();
  return fold(fold(word ^ first, second) ^ kind, first);
}

std::size_t hash_text(std::uint64_t kind, std::string_view text) noexcept {
  const auto& [first, second] = hash_secret();
  std::uint64_t hash = fold(text.size() ^ first, second) ^ kind;
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), size);
    hash = fold(hash ^ word, second) ^ first;
    text.remove_prefix(size);
  }
  return fold(hash, first);
}

constexpr std::uint64_t kBoolKind = 1;
constexpr std::uint64_t kIntegerKind = 2;
constexpr std::uint64_t kDoubleKind = 3;
constexpr std::uint64_t kStringKind = 4;

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

}  // namespace

FieldValue::FieldValue(bool value) : value_(value), hash_(hash_word(kBoolKind, value ? 1 : 0)) {}

FieldValue::FieldValue(std::int64_t value)
    : value_(value), hash_(hash_word(kIntegerKind, static_cast<std::uint64_t>(value))) {}

FieldValue::FieldValue(std::uint64_t value) {
  // Only what int64 cannot hold stays unsigned, so that equal numbers have one form.
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
    *this = FieldValue(static_cast<std::int64_t>(value));
    return;
  }
  value_ = value;
  hash_ = hash_word(kIntegerKind, value);
}

FieldValue::FieldValue(double value) {
  if (std::isnan(value)) return;  // equals nothing, so it is no value to compare with
  if (std::trunc(value) == value) {
    if (value >= -kTwoTo63 && value < kTwoTo63) {
      *this = FieldValue(static_cast<std::int64_t>(value));
      return;
    }
    if (value >= kTwoTo63 && value < kTwoTo64) {
      *this = FieldValue(static_cast<std::uint64_t>(value));
      return;
    }
  }
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  value_ = value;
  hash_ = hash_word(kDoubleKind, bits);
}

FieldValue::FieldValue(std::string_view value)
    : value_(std::string(value)), hash_(hash_text(kStringKind, value)) {}

}  // namespace rig::cloudevents

#include "logic/base64url.hpp"

#include <array>
#include <cstdint>

namespace rig::jwt {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> values() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    table[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  return table;
}
constexpr auto kValues = values();

}  // namespace

std::optional<std::string> decode_base64url(std::string_view text) {
  const auto rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const auto digit = [text](std::size_t at) {
    return std::uint32_t{kValues[static_cast<unsigned char>(text[at])]};
  };
  std::string bytes(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  char* out = bytes.data();
  std::uint32_t seen = 0;  // has kNoDigit if any of them is none
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const auto a = digit(at), b = digit(at + 1), c = digit(at + 2), d = digit(at + 3);
    seen |= a | b | c | d;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    *out++ = static_cast<char>(bits >> 16 & 0xFF);
    *out++ = static_cast<char>(bits >> 8 & 0xFF);
    *out++ = static_cast<char>(bits & 0xFF);
  }
  if (rest != 0) {
    const auto a = digit(at), b = digit(at + 1), c = rest == 3 ? digit(at + 2) : 0;
    seen |= a | b | c;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    *out++ = static_cast<char>(bits >> 16 & 0xFF);
    if (rest == 3) *out = static_cast<char>(bits >> 8 & 0xFF);
    // What is left over must be zero, so that bytes have one text.
    if ((bits & (rest == 3 ? 0xFFU : 0xFFFFU)) != 0) return std::nullopt;
  }
  if ((seen & kNoDigit) != 0) return std::nullopt;
  return bytes;
}

}  // namespace rig::jwt

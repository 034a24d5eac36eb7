#include "logic/correlation.hpp"

#include <rig/core/assert.hpp>

#include <openssl/rand.h>

#include <charconv>
#include <cstddef>

namespace rig::answers {
namespace {

constexpr std::size_t kNodeDigits = 16;
constexpr std::size_t kShardDigits = 4;

void append_hex(std::string& text, std::uint64_t number, std::size_t digits) {
  constexpr std::string_view kHex = "0123456789abcdef";
  while (digits-- > 0) text += kHex[(number >> (4 * digits)) & 15U];
}

/// Takes so many digits of lower case; nothing if they are none.
std::optional<std::uint64_t> take_hex(std::string_view& text, std::size_t digits) noexcept {
  const auto part = text.substr(0, digits);
  if (part.size() != digits) return std::nullopt;
  if (part.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(part.data(), part.data() + part.size(), number, 16);
  text.remove_prefix(digits);
  return number;
}

}  // namespace

Correlation Correlation::make(peers::NodeId node, ShardId shard) {
  Correlation made{node, shard, {}};
  const bool is_drawn = RAND_bytes(made.secret.data(), static_cast<int>(made.secret.size())) == 1;
  RIG_ASSERT(is_drawn);
  return made;
}

std::string Correlation::text() const {
  std::string text;
  append_hex(text, node, kNodeDigits);
  append_hex(text, shard, kShardDigits);
  for (const auto byte : secret) append_hex(text, byte, 2);
  return text;
}

std::optional<Correlation> Correlation::parse(std::string_view text) noexcept {
  Correlation parsed;
  const auto node = take_hex(text, kNodeDigits);
  const auto shard = take_hex(text, kShardDigits);
  if (!node || !shard) return std::nullopt;
  parsed.node = *node;
  parsed.shard = static_cast<ShardId>(*shard);
  if (parsed.shard != *shard) return std::nullopt;
  for (auto& byte : parsed.secret) {
    const auto value = take_hex(text, 2);
    if (!value) return std::nullopt;
    byte = static_cast<std::uint8_t>(*value);
  }
  return text.empty() ? std::optional(parsed) : std::nullopt;
}

std::string sealed_text(const Correlation& correlation, const peers::NodeIdentity& here) {
  return here.seal(peers::Purpose::kCorrelation, correlation.text());
}

std::optional<Correlation> parse_sealed(std::string_view text, const peers::NodeIdentity& here) {
  const auto opened = here.open(peers::Purpose::kCorrelation, text);
  auto correlation = Correlation::parse(opened.text);
  if (correlation && !opened.is_genuine) correlation->node = peers::kNoNode;
  return correlation;
}

}  // namespace rig::answers

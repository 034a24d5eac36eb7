#include "logic/placed_event.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace rig::cluster {
namespace {

constexpr int kBase = 36;
constexpr std::size_t kLineMax = 256;

template <class Number>
bool take_number(std::string_view& text, Number& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, kBase);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string with_place(cloudevents::LogPlace place, std::string_view event) {
  std::array<char, 32> line{};
  auto* const end = line.data() + line.size();
  auto* at = std::to_chars(line.data(), end, place.log, kBase).ptr;
  *at++ = '-';
  at = std::to_chars(at, end, place.position, kBase).ptr;
  *at++ = '\n';
  std::string message;
  message.reserve(static_cast<std::size_t>(at - line.data()) + event.size());
  message.append(line.data(), at).append(event);
  return message;
}

std::optional<PlacedEvent> read_placed(std::string message) {
  const auto end = std::string_view(message).substr(0, kLineMax).find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  PlacedEvent placed;
  auto line = std::string_view(message).substr(0, end);
  if (!take_number(line, placed.place.log) || !line.starts_with('-')) return std::nullopt;
  line.remove_prefix(1);
  const bool is_placed = take_number(line, placed.place.position) && placed.place.log != 0 &&
                         (line.empty() || line.starts_with(' '));
  if (!is_placed) return std::nullopt;
  message.erase(0, end + 1);
  placed.event = std::move(message);
  return placed;
}

}  // namespace rig::cluster

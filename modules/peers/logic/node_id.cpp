#include <rig/peers/node_id.hpp>

#include <charconv>
#include <cstddef>

namespace rig::peers {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kDigits = 16;

}  // namespace

std::string text_of(NodeId node) {
  std::string text(kDigits, '0');
  for (std::size_t i = kDigits; i-- > 0; node >>= 4U) text[i] = kHex[node & 15U];
  return text;
}

std::optional<NodeId> parse_node_id(std::string_view text) noexcept {
  if (text.size() != kDigits || text.find_first_not_of(kHex) != std::string_view::npos)
    return std::nullopt;
  NodeId node = kNoNode;
  std::from_chars(text.data(), text.data() + text.size(), node, 16);
  return node == kNoNode ? std::nullopt : std::optional(node);
}

}  // namespace rig::peers

#include "logic/request_check.hpp"

#include <rig/core/ascii.hpp>
#include <rig/core/field_syntax.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace rig::http_client {
namespace {

constexpr std::size_t kHeaderBytesMax = std::size_t{64} << 10;

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 7> kOurs{
      "connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade"};
  return std::ranges::any_of(
      kOurs, [&](std::string_view ours) { return equals_ignoring_case(ours, name); });
}

}  // namespace

std::string reason_not_to_send(const Request& request) {
  if (!is_token(request.method) || request.method == "CONNECT") return "the method is none";
  std::size_t bytes = 0;
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return "the name of a header is none";
    if (is_ours(name)) return "the header " + name + " is not the caller's";
    if (!has_value_chars_alone(value)) return "the header " + name + " has a control character";
    bytes += name.size() + value.size() + 4;
  }
  if (bytes > kHeaderBytesMax) return "the headers are too large";
  return {};
}

}  // namespace rig::http_client

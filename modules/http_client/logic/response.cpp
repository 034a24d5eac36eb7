#include <rig/http_client/message.hpp>

#include <algorithm>

namespace rig::http_client {

std::string_view Response::header(std::string_view name) const noexcept {
  const auto at = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return at == headers.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace rig::http_client

#include "logic/cors.hpp"

#include <algorithm>

namespace rig::transport {

Cors::Cors(std::string_view setting) {
  while (!setting.empty()) {
    const auto end = setting.find(',');
    auto origin = setting.substr(0, end);
    const auto first = origin.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      origins_.emplace_back(origin.substr(first, origin.find_last_not_of(" \t") - first + 1));
    setting = end == std::string_view::npos ? std::string_view() : setting.substr(end + 1);
  }
}

void Cors::add_to(Headers& headers, const Headers& request, bool credentials) const {
  if (origins_.empty()) return;
  const bool is_one = origins_.size() == 1;
  const auto origin = request.find("origin");
  if (!is_one) headers.add("vary", "origin");
  if (!is_one && (!origin || std::ranges::find(origins_, *origin) == origins_.end())) return;
  const std::string_view allowed = is_one ? std::string_view(origins_.front()) : *origin;
  headers.add("access-control-allow-origin", allowed);
  if (credentials && allowed != "*") headers.add("access-control-allow-credentials", "true");
}

}  // namespace rig::transport

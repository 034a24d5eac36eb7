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

void Cors::add_to(Headers& headers, const Headers& request) const {
  if (origins_.empty()) return;
  if (origins_.size() == 1) {
    headers.add("access-control-allow-origin", origins_.front());
    return;
  }
  headers.add("vary", "origin");
  const auto origin = request.find("origin");
  if (origin && std::find(origins_.begin(), origins_.end(), *origin) != origins_.end())
    headers.add("access-control-allow-origin", *origin);
}

}  // namespace rig::transport

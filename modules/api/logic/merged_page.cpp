#include "logic/merged_page.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace rig::api {
namespace {

using sessions::Connection;
using sessions::Page;

/// The last session of which every node has told all; nothing: they have told everything.
std::optional<std::string> horizon_of(const std::vector<Page>& pages) {
  std::optional<std::string> horizon;
  for (const auto& page : pages) {
    if (page.next && (!horizon || *page.next < *horizon)) horizon = page.next;
  }
  return horizon;
}

/// Behind the last session that still fits.
std::size_t end_of_page(const std::vector<Connection>& connections, std::size_t limit) {
  std::size_t end = 0;
  while (end < connections.size()) {
    auto next = end;
    while (next < connections.size() && connections[next].session == connections[end].session)
      ++next;
    if (end > 0 && next > limit) break;
    end = next;
  }
  return end;
}

void put_in_order(std::vector<Connection>& connections) {
  std::ranges::sort(connections, [](const Connection& a, const Connection& b) {
    return std::tie(a.session, a.since, a.node) < std::tie(b.session, b.since, b.node);
  });
}

}  // namespace

Page merged_page(std::vector<Page> pages, std::size_t limit) {
  const auto horizon = horizon_of(pages);
  Page merged;
  auto& connections = merged.connections;
  for (auto& page : pages) std::ranges::move(page.connections, std::back_inserter(connections));
  if (horizon)
    std::erase_if(connections, [&](const Connection& one) { return one.session > *horizon; });
  put_in_order(connections);
  const auto end = limit == 0 ? connections.size() : end_of_page(connections, limit);
  const bool has_more = horizon || end < connections.size();
  connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(end), connections.end());
  if (has_more && !connections.empty()) merged.next = connections.back().session;
  return merged;
}

}  // namespace rig::api

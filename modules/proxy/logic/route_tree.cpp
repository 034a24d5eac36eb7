#include "logic/route_tree.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <functional>

namespace rig::proxy {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

}  // namespace

std::size_t RouteTree::Hash::operator()(std::string_view text) const noexcept {
  return std::hash<std::string_view>{}(text);
}

RouteTree::RouteTree() : nodes_(1) {}

std::uint32_t RouteTree::literal_child(std::uint32_t node, std::string_view lower,
                                       std::uint32_t route) {
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  const auto [child, is_new] = nodes_[node].literals.try_emplace(std::string(lower), next);
  const auto index = child->second;
  if (is_new) nodes_.emplace_back().first = route;
  return index;
}

std::uint32_t RouteTree::any_child(std::uint32_t node, std::uint32_t route) {
  if (nodes_[node].any == kNone) {
    nodes_[node].any = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back().first = route;
  }
  return nodes_[node].any;
}

void RouteTree::add(std::uint32_t route, const RouteMatcher& matcher) {
  auto& root = nodes_.front();
  root.first = std::min(root.first, route);
  if (matcher.is_regex())
    add_regex(route, matcher);
  else
    add_path(route, matcher);
}

void RouteTree::add_regex(std::uint32_t route, const RouteMatcher& matcher) {
  const auto& shape = matcher.shape();
  std::string_view rest = shape.prefix;
  std::uint32_t node = 0;
  // Only whole segments lead on: that of "/item-\d+" ends differently in each path.
  while (rest.starts_with('/')) {
    const auto slash = rest.find('/', 1);
    const bool is_whole = slash != std::string_view::npos || shape.is_literal || shape.ends_segment;
    if (!is_whole) break;
    const auto segment = rest.substr(1, slash == std::string_view::npos ? slash : slash - 1);
    node = literal_child(node, segment, route);
    rest.remove_prefix(segment.size() + 1);
  }
  if (shape.is_literal && shape.prefix.starts_with('/'))
    nodes_[node].ends.push_back(End{route, &matcher});
  else
    nodes_[node].patterns.add(route, matcher);
}

void RouteTree::add_path(std::uint32_t route, const RouteMatcher& matcher) {
  std::uint32_t node = 0;
  for (const auto& segment : matcher.path().segments)
    node = segment.is_name ? any_child(node, route)
                           : literal_child(node, lower_case(segment.text), route);
  nodes_[node].ends.push_back(End{route, &matcher});
}

void RouteTree::compile() {
  for (auto& node : nodes_) node.patterns.compile();
}

struct RouteTree::Search {
  const std::vector<Node>& nodes;
  std::string_view path;
  std::string_view lower;
  Captures& captures;
  std::uint32_t best = kNone;

  /// `at`: where the next segment's slash is, or the end. As deep as the routes are.
  void visit(const Node& node, std::size_t at) {
    if (node.first >= best) return;
    if (at == lower.size())
      visit_ends(node);
    else
      visit_children(node, at);
    best = node.patterns.find(path, best, captures);
  }

  void visit_ends(const Node& node) {
    for (const auto& end : node.ends) {
      if (end.route >= best) return;
      Captures found;
      if (!end.matcher->match(path, found)) continue;
      captures = std::move(found);
      best = end.route;
      return;
    }
  }

  void visit_children(const Node& node, std::size_t at) {
    const auto end = std::min(lower.find('/', at + 1), lower.size());
    const auto segment = lower.substr(at + 1, end - at - 1);
    if (!node.literals.empty()) {
      const auto child = node.literals.find(segment);
      if (child != node.literals.end()) visit(nodes[child->second], end);
    }
    if (node.any != kNone && !segment.empty()) visit(nodes[node.any], end);
  }
};

std::uint32_t RouteTree::find(std::string_view path, Captures& captures) const {
  if (!path.starts_with('/')) return kNone;
  boost::container::small_vector<char, 256> lower(path.size(), boost::container::default_init);
  std::ranges::transform(path, lower.begin(), to_lower);
  Search search{nodes_, path, std::string_view(lower.data(), lower.size()), captures};
  search.visit(nodes_.front(), 0);
  return search.best;
}

}  // namespace rig::proxy

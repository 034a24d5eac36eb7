#include "logic/route_set.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <utility>

namespace rig::proxy {
namespace {

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), to_upper);
  return upper;
}

boost::system::result<RouteMatcher, std::string> matcher_of(const Endpoint& endpoint) {
  if (endpoint.path_regex.empty()) return RouteMatcher::of_path(endpoint.path);
  return RouteMatcher::of_regex(endpoint.path_regex);
}

}  // namespace

RouteSet::RouteSet(std::span<const std::shared_ptr<const Api>> apis) {
  for (const auto& api : apis) {
    if (!api->active || api->versioned) continue;
    for (const auto& endpoint : api->endpoints) add(*api, endpoint);
  }
  // From here on the routes stay where they are.
  for (std::uint32_t i = 0; i < routes_.size(); ++i)
    tree_for(routes_[i].endpoint->method).add(i, routes_[i].matcher);
  for (auto& method : methods_) method.tree.compile();
}

RouteSet::~RouteSet() = default;

void RouteSet::add(const Api& api, const Endpoint& endpoint) {
  auto name = api.id + "/" + endpoint.id;
  auto matcher = matcher_of(endpoint);
  if (!matcher) {
    problems_.push_back(name + ": " + matcher.error());
    return;
  }
  std::optional<PathRewrite> rewrite;
  if (!endpoint.path_replacement.empty()) {
    auto parsed = PathRewrite::parse(endpoint.path_replacement);
    if (!parsed) {
      problems_.push_back(name + ": " + parsed.error());
      return;
    }
    rewrite = *std::move(parsed);
  }
  routes_.push_back(
      CompiledRoute{&api, &endpoint, std::move(name), *std::move(matcher), std::move(rewrite)});
}

RouteTree& RouteSet::tree_for(std::string_view method) {
  auto name = upper_case(method);
  const auto found = std::ranges::find(methods_, name, &Method::name);
  if (found != methods_.end()) return found->tree;
  return methods_.emplace_back(Method{std::move(name), RouteTree()}).tree;
}

std::optional<RouteMatch> RouteSet::find_exactly(std::string_view method,
                                                 std::string_view path) const {
  const auto found = std::ranges::find(methods_, method, &Method::name);
  if (found == methods_.end()) return std::nullopt;
  RouteMatch match{};
  const auto route = found->tree.find(path, match.captures);
  if (route == RouteTree::kNone) return std::nullopt;
  match.route = &routes_[route];
  return match;
}

std::optional<RouteMatch> RouteSet::find(std::string_view method, std::string_view path) const {
  auto match = find_exactly(method, path);
  if (!match && method == "HEAD") match = find_exactly("GET", path);
  return match;
}

std::string RouteSet::allowed_methods(std::string_view path) const {
  std::string allowed;
  const auto allow = [&](std::string_view method) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
  };
  Captures captures;
  bool has_get = false;
  bool has_head = false;
  for (const auto& method : methods_) {
    if (method.tree.find(path, captures) == RouteTree::kNone) continue;
    allow(method.name);
    has_get = has_get || method.name == "GET";
    has_head = has_head || method.name == "HEAD";
  }
  if (has_get && !has_head) allow("HEAD");
  return allowed;
}

}  // namespace rig::proxy

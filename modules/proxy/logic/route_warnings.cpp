#include "logic/route_warnings.hpp"

#include "logic/regex_options.hpp"
#include "logic/route_set.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace rig::proxy {
namespace {

constexpr std::int64_t kSetBytesMax = std::int64_t{64} << 20;

/// Matches from anywhere, whether it is anchored at its start or not.
bool starts_anywhere(std::string_view pattern) noexcept {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  return pattern.starts_with(".*") || pattern.starts_with("(.*)") || pattern.starts_with("/.*");
}

class Warnings {
 public:
  explicit Warnings(const RouteSet& routes) : routes_(routes) {}

  std::vector<std::string> find() {
    for (const auto& route : routes_.routes()) {
      check_order(route);
      if (route.matcher.is_regex()) check_pattern(route);
      if (route.rewrite && route.rewrite->groups() > route.matcher.groups())
        add(route, "has a replacement with a group that is not there, which is always empty.");
    }
    check_first_rig();
    add_summary();
    return std::move(texts_);
  }

 private:
  void add(const CompiledRoute& route, std::string_view text) {
    texts_.push_back(std::string(route.name).append(": ").append(text));
  }

  void check_order(const CompiledRoute& route) {
    if (route.matcher.is_regex()) {
      const auto key = std::pair(route.endpoint->method, route.matcher.pattern());
      const auto [first, is_new] = patterns_.try_emplace(key, &route);
      if (!is_new) {
        add(route, "is never reached, as " + first->second->name + " has the same pattern.");
        return;
      }
    }
    const auto example = route.matcher.example();
    if (!example) return;
    const auto match = routes_.find(route.endpoint->method, *example);
    if (!match || match->route >= &route) return;
    // A pattern is literal in any case, so a path leaves it the others.
    const bool is_all = route.matcher.is_regex() ? match->route->matcher.is_regex()
                                                 : route.matcher.path().is_literal();
    add(route, (is_all ? "is never reached, as "
                       : "is not reached by some paths, like " + *example + ", as ") +
                   match->route->name + " comes first.");
  }

  void check_pattern(const CompiledRoute& route) {
    const auto& shape = route.matcher.shape();
    if (shape.has_name_in_braces)
      add(route, "can match nothing, as {name} means something in `path` and not in `path_regex`.");
    if (!shape.prefix.empty() && shape.prefix.front() != '/') {
      add(route,
          "can match nothing, as paths start with a slash; the first RIG matched the ends of "
          "paths.");
    } else if (shape.has_alternatives) {
      add(route,
          "each alternative must match the whole path; the first RIG did not anchor them and only "
          "looked for the end of the path in the last one.");
    } else if (!starts_anywhere(route.matcher.pattern())) {
      anchored_.push_back(&route);
    }
  }

  /// Which pattern also served the path of another route. Those are what may have been relied on,
  /// or what opened a path that was meant to be secured.
  void check_first_rig() {
    re2::RE2::Set set(regex_options(kSetBytesMax), re2::RE2::UNANCHORED);
    std::vector<const CompiledRoute*> members;
    for (const auto& route : routes_.routes()) {
      if (!route.matcher.is_regex()) continue;
      if (set.Add(first_rig_pattern(route.matcher.pattern()), nullptr) >= 0)
        members.push_back(&route);
    }
    if (members.empty() || !set.Compile()) return;
    std::set<const CompiledRoute*> warned;
    for (const auto& other : routes_.routes()) {
      const auto example = other.matcher.example();
      std::vector<int> found;
      if (!example || !set.Match(*example, &found, nullptr)) continue;
      std::ranges::sort(found);
      for (const int i : found) {
        const auto& route = *members[static_cast<std::size_t>(i)];
        Captures captures;
        if (route.endpoint->method != other.endpoint->method || warned.contains(&route) ||
            route.matcher.match(*example, captures))
          continue;
        warned.insert(&route);
        add(route, "does not match " + *example + " of " + other.name +
                       "; in the first RIG it did, as it matched the ends of paths.");
      }
    }
  }

  void add_summary() {
    if (anchored_.empty()) return;
    std::string text = std::to_string(anchored_.size()) +
                       (anchored_.size() == 1 ? " pattern matches" : " patterns match") +
                       " whole paths here, and matched the ends of longer ones in the first RIG: ";
    constexpr std::size_t kNamedMax = 5;
    const auto named = std::min(anchored_.size(), kNamedMax);
    for (std::size_t i = 0; i < named; ++i)
      text.append(i == 0 ? "" : ", ").append(anchored_[i]->name);
    if (anchored_.size() > named)
      text.append(" and ").append(std::to_string(anchored_.size() - named)).append(" more");
    texts_.push_back(text + ".");
  }

  const RouteSet& routes_;
  std::map<std::pair<std::string, std::string>, const CompiledRoute*> patterns_;
  std::vector<const CompiledRoute*> anchored_;
  std::vector<std::string> texts_;
};

}  // namespace

std::vector<std::string> route_warnings(const RouteSet& routes) { return Warnings(routes).find(); }

}  // namespace rig::proxy

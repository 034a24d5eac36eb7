#pragma once

#include "logic/route_matcher.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// Patterns that start alike, tried together. With one RE2::Set where there are many.
class PatternGroup {
 public:
  PatternGroup();
  ~PatternGroup();
  PatternGroup(PatternGroup&&) noexcept;
  PatternGroup& operator=(PatternGroup&&) noexcept;

  void add(std::uint32_t route, const RouteMatcher& matcher);  ///< in ascending order
  void compile();
  /// The first of its routes that fits and is before `limit`, or `limit`. Fills `captures` then.
  [[nodiscard]] std::uint32_t find(std::string_view path, std::uint32_t limit,
                                   Captures& captures) const;

 private:
  struct Set;
  struct Member {
    std::uint32_t route;
    const RouteMatcher* matcher;
  };
  [[nodiscard]] std::uint32_t find_one_by_one(std::string_view path, std::uint32_t limit,
                                              Captures& captures) const;

  std::vector<Member> members_;
  std::unique_ptr<Set> set_;
};

/// The routes of one method, by the segments that they name. A literal segment is looked up, so the
/// number of routes beside it costs nothing.
class RouteTree {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  RouteTree();
  /// In ascending order. `matcher` must stay where it is.
  void add(std::uint32_t route, const RouteMatcher& matcher);
  void compile();
  /// The first route that fits, or kNone. Fills `captures`.
  [[nodiscard]] std::uint32_t find(std::string_view path, Captures& captures) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept;
  };
  struct End {
    std::uint32_t route;
    const RouteMatcher* matcher;
  };
  struct Node {
    /// By the lower-case segment: patterns match in any case, and a `path` is compared at its end.
    boost::unordered_flat_map<std::string, std::uint32_t, Hash, std::equal_to<>> literals;
    std::uint32_t any = kNone;    // where a {name} leads
    std::uint32_t first = kNone;  // the first route at this node or below it
    std::vector<End> ends;        // routes whose path ends here
    PatternGroup patterns;        // those that say here for the first time what is no literal
  };
  struct Search;

  std::uint32_t literal_child(std::uint32_t node, std::string_view lower, std::uint32_t route);
  std::uint32_t any_child(std::uint32_t node, std::uint32_t route);
  void add_regex(std::uint32_t route, const RouteMatcher& matcher);
  void add_path(std::uint32_t route, const RouteMatcher& matcher);

  std::vector<Node> nodes_;
};

}  // namespace rig::proxy

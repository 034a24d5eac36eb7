#pragma once

#include "logic/route_pattern.hpp"

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace rig::proxy {

using Captures = boost::container::small_vector<std::string_view, 8>;

/// Whether a route fits a path, and what its groups take.
class RouteMatcher {
 public:
  RouteMatcher();
  ~RouteMatcher();
  RouteMatcher(RouteMatcher&&) noexcept;

  /// The error of both is a sentence.
  static boost::system::result<RouteMatcher, std::string> of_regex(std::string_view pattern);
  static boost::system::result<RouteMatcher, std::string> of_path(std::string_view text);

  /// Fills `captures` if it fits, see RouteMatch.
  [[nodiscard]] bool match(std::string_view path, Captures& captures) const;

  [[nodiscard]] bool is_regex() const noexcept { return regex_ != nullptr; }
  /// The pattern as it was given; empty for a `path`.
  [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }
  [[nodiscard]] const PatternShape& shape() const noexcept { return shape_; }
  [[nodiscard]] const PathTemplate& path() const noexcept { return path_; }

  /// How many captures there are behind the whole path.
  [[nodiscard]] std::size_t groups() const;

  /// A path that this route alone is meant for, if that can be told: of literals and templates.
  [[nodiscard]] std::optional<std::string> example() const;

 private:
  [[nodiscard]] bool match_regex(std::string_view path, Captures& captures) const;
  [[nodiscard]] bool match_segments(std::string_view path, Captures& captures) const;

  std::string pattern_;
  PatternShape shape_;
  PathTemplate path_;
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace rig::proxy

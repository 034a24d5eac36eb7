#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::proxy {

/// What can be said of a `path_regex` without matching it. Nothing here is needed to match
/// correctly: it finds the few patterns that are worth trying, and what to warn of.
struct PatternShape {
  /// What every match starts with, in lower case.
  std::string prefix;
  /// The prefix is the whole pattern.
  bool is_literal = false;
  /// The last segment of the prefix is complete: "/shop(/.*)?".
  bool ends_segment = false;
  /// There is a `|` outside all groups.
  bool has_alternatives = false;
  /// "{name}" in it, which is a template's and means nothing in a regex.
  bool has_name_in_braces = false;
};
[[nodiscard]] PatternShape shape_of(std::string_view pattern);

/// The pattern as the first RIG read it: anchored at its end only, alternatives not grouped.
[[nodiscard]] std::string first_rig_pattern(std::string_view pattern);

/// A `path`: literal segments, compared as they are, and `{name}`, which takes one segment that is
/// not empty.
struct PathTemplate {
  struct Segment {
    Segment(std::string segment_text, bool is_a_name)
        : text(std::move(segment_text)), is_name(is_a_name) {}
    std::string text;  ///< a literal, normalised as requests are; or the name
    bool is_name;
  };
  std::vector<Segment> segments;  ///< "/" is one empty segment, "/a/" is "a" and an empty one

  [[nodiscard]] bool is_literal() const noexcept;
};
/// The error is a sentence.
[[nodiscard]] boost::system::result<PathTemplate, std::string> parse_template(
    std::string_view text);

}  // namespace rig::proxy

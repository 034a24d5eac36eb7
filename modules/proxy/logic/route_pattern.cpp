#include "logic/route_pattern.hpp"

#include "logic/http_text.hpp"
#include "logic/path.hpp"

#include <algorithm>
#include <array>

namespace rig::proxy {
namespace {

constexpr std::string_view kMeta = ".[]()*+?{}|^$\\";
constexpr std::string_view kQuantifiers = "*+?{";

bool is_escaped_literal(char c) noexcept {
  return c > ' ' && c < 0x7F && !is_alpha(c) && !is_digit(c) && c != '_';
}

/// How many bytes of the pattern are one literal character; 0: what comes is not literal.
std::size_t literal_size(std::string_view rest) noexcept {
  if (rest.empty() || rest.front() <= ' ' || rest.front() >= 0x7F) return 0;
  std::size_t size = 1;
  if (rest.front() == '\\') {
    if (rest.size() < 2 || !is_escaped_literal(rest[1])) return 0;
    size = 2;
  } else if (kMeta.find(rest.front()) != std::string_view::npos) {
    return 0;
  }
  const bool is_repeated =
      rest.size() > size && kQuantifiers.find(rest[size]) != std::string_view::npos;
  return is_repeated ? 0 : size;
}

/// The end of a class that starts at `at`. A `]` that comes first is a member.
std::size_t class_end(std::string_view pattern, std::size_t at) noexcept {
  ++at;
  if (at < pattern.size() && pattern[at] == '^') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;
  while (at < pattern.size() && pattern[at] != ']') at += pattern[at] == '\\' ? 2 : 1;
  return at;
}

bool has_top_alternatives(std::string_view pattern) noexcept {
  int depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (pattern.substr(i).starts_with("\\Q")) {
      i = std::min(pattern.find("\\E", i), pattern.size());
      ++i;
    } else if (c == '\\') {
      ++i;
    } else if (c == '[') {
      i = class_end(pattern, i);
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      return true;
    }
  }
  return false;
}

bool has_name_in_braces(std::string_view pattern) noexcept {
  for (std::size_t i = 1; i + 1 < pattern.size(); ++i) {
    // Not \p{Greek}.
    if (pattern[i] == '{' && is_alpha(pattern[i + 1]) && pattern[i - 1] == '/') return true;
  }
  return false;
}

bool ends_segment(std::string_view rest) noexcept {
  if (rest.ends_with('$')) rest.remove_suffix(1);
  constexpr std::array<std::string_view, 4> kBelow = {"(/.*)?", "(?:/.*)?", "(/.+)?", "(?:/.+)?"};
  return std::ranges::find(kBelow, rest) != kBelow.end();
}

}  // namespace

PatternShape shape_of(std::string_view pattern) {
  PatternShape shape;
  shape.has_alternatives = has_top_alternatives(pattern);
  shape.has_name_in_braces = has_name_in_braces(pattern);
  if (shape.has_alternatives) return shape;
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  while (const auto size = literal_size(pattern)) {
    shape.prefix += to_lower(pattern[size - 1]);
    pattern.remove_prefix(size);
  }
  shape.is_literal = pattern.empty() || pattern == "$";
  shape.ends_segment = ends_segment(pattern);
  return shape;
}

std::string first_rig_pattern(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  std::string read(pattern);
  if (!read.ends_with('$')) read += '$';
  return read;
}

bool PathTemplate::is_literal() const noexcept {
  return std::ranges::none_of(segments, &Segment::is_name);
}

namespace {

using Segment = PathTemplate::Segment;

boost::system::result<Segment, std::string> parse_segment(std::string_view text) {
  if (text.size() > 2 && text.front() == '{' && text.back() == '}') {
    const auto name = text.substr(1, text.size() - 2);
    const auto is_name_char = [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; };
    if (std::ranges::all_of(name, is_name_char)) return Segment{std::string(name), true};
  }
  if (text.find_first_of("{}") != std::string_view::npos)
    return std::string("A name in braces must be a whole segment, as in /books/{id}.");
  if (text == "." || text == "..") return std::string("The path must not have dot segments.");
  std::string buffer;
  const auto normal = normalise_path(std::string("/").append(text), buffer);
  if (!normal) return std::string(normal.error().reason);
  // The view is into the temporary unless it had to change.
  return Segment{buffer.empty() ? std::string(text) : buffer.substr(1), false};
}

}  // namespace

boost::system::result<PathTemplate, std::string> parse_template(std::string_view text) {
  if (!text.starts_with('/')) return std::string("The path must start with a slash.");
  if (text.starts_with("//")) return std::string("The path must not start with two slashes.");
  PathTemplate result;
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto piece = text.substr(0, text.find('/'));
    text.remove_prefix(piece.size());
    auto segment = parse_segment(piece);
    if (!segment) return segment.error();
    const auto is_same = [&](const Segment& other) {
      return other.is_name && segment->is_name && other.text == segment->text;
    };
    if (std::ranges::any_of(result.segments, is_same))
      return std::string("The path has the name {").append(segment->text).append("} twice.");
    result.segments.push_back(*std::move(segment));
  }
  return result;
}

}  // namespace rig::proxy

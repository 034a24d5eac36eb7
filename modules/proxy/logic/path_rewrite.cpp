#include "logic/path_rewrite.hpp"

#include "logic/http_text.hpp"
#include "logic/query.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace rig::proxy {
namespace {

constexpr std::size_t kNoGroup = std::numeric_limits<std::size_t>::max();

/// Takes a number off the front. One too large for any group is one that is not there.
std::size_t take_number(std::string_view& text) noexcept {
  std::size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return parsed.ec == std::errc{} && number < kNoGroup ? number : kNoGroup - 1;
}

bool is_escape(std::string_view text) noexcept {
  return text.size() > 2 && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
}

/// What a path cannot have as it is, is encoded; escapes stay.
void append_path_char(std::string& out, std::string_view text) {
  const char c = text.front();
  if (is_path_char(c) || (c == '%' && is_escape(text)))
    out += c;
  else
    append_percent_encoded(out, c);
}

void append_query_char(std::string& out, char c) {
  if (c <= ' ' || c >= 0x7F || c == '#' || c == '\\')  // also those above 127, which are negative
    append_percent_encoded(out, c);
  else
    out += c;
}

}  // namespace

bool PathRewrite::parse_pieces(std::string_view text, bool is_path, Pieces& pieces) {
  pieces.push_back(Piece{"", kNoGroup});
  const auto add_group = [&](std::size_t group) {
    pieces.back().group = group;
    pieces.push_back(Piece{"", kNoGroup});
  };
  while (!text.empty()) {
    if (text.starts_with('\\') && text.size() > 1 && is_digit(text[1])) {
      text.remove_prefix(1);
      add_group(take_number(text));
      continue;
    }
    if (text.starts_with("\\g{")) {
      text.remove_prefix(3);
      if (text.empty() || !is_digit(text.front())) return false;
      add_group(take_number(text));
      if (!text.starts_with('}')) return false;
      text.remove_prefix(1);
      continue;
    }
    const bool is_backslash = text.starts_with("\\\\");
    if (is_path)
      append_path_char(pieces.back().text, text);
    else
      append_query_char(pieces.back().text, text.front());
    text.remove_prefix(is_backslash ? 2 : 1);
  }
  return true;
}

boost::system::result<PathRewrite, std::string> PathRewrite::parse(std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; };
  if (std::ranges::any_of(text, is_control))
    return std::string("The replacement has a control character.");
  const auto mark = text.find('?');
  PathRewrite rewrite;
  const auto query = mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
  if (!parse_pieces(text.substr(0, mark), true, rewrite.path_) ||
      !parse_pieces(query, false, rewrite.query_))
    return std::string("\\g in the replacement must be followed by {number}.");
  for (const auto* pieces : {&rewrite.path_, &rewrite.query_}) {
    for (const auto& piece : *pieces) {
      if (piece.group != kNoGroup) rewrite.groups_ = std::max(rewrite.groups_, piece.group);
    }
  }
  return rewrite;
}

void PathRewrite::fill(const Pieces& pieces, const Captures& captures, std::string& out) {
  for (const auto& piece : pieces) {
    out += piece.text;
    if (piece.group < captures.size()) out += captures[piece.group];
  }
}

boost::system::result<std::string, BadTarget> PathRewrite::apply(const Captures& captures,
                                                                 std::string_view query) const {
  std::string path;
  fill(path_, captures, path);
  path.erase(0, std::min(path.find_first_not_of('/'), path.size()));
  path.insert(0, 1, '/');

  std::string buffer;
  const auto normal = normalise_path(path, buffer);
  if (!normal) return normal.error();

  std::string base;
  fill(query_, captures, base);
  const auto merged = base.empty() ? std::string(query) : merge_queries(base, query);
  std::string target;
  append_target(target, *normal, merged, false);
  return target;
}

void append_target(std::string& out, std::string_view path, std::string_view query,
                   bool has_query) {
  out += path;
  if (has_query || !query.empty()) out += '?';
  out += query;
}

}  // namespace rig::proxy

#include "logic/path.hpp"

#include "logic/http_text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace rig::proxy {
namespace {

constexpr auto kIsPathChar = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c)
    table[static_cast<unsigned>(c)] = is_path_char(static_cast<char>(c));
  return table;
}();

/// Nothing is encoded and no segment starts with a dot, as in nearly all requests.
bool is_normal(std::string_view path) noexcept {
  char last = 0;
  for (const char c : path) {
    if (!kIsPathChar[static_cast<unsigned char>(c)] || (c == '.' && last == '/')) return false;
    last = c;
  }
  return !path.starts_with("//");
}

bool is_control(int byte) noexcept { return byte < 0x20 || byte == 0x7F; }

/// Decodes what is unreserved and writes the other escapes in upper case.
std::optional<BadTarget> decode_unreserved(std::string_view path, std::string& out) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c != '%') {
      if (!kIsPathChar[static_cast<unsigned char>(c)])
        return BadTarget{"The path has a character that must be percent-encoded."};
      out += c;
      continue;
    }
    const int high = i + 2 < path.size() ? hex_value(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hex_value(path[i + 2]) : -1;
    if (high < 0 || low < 0) return BadTarget{"The path has an escape without two digits."};
    const int byte = high * 16 + low;
    if (is_control(byte)) return BadTarget{"The path has an encoded control character."};
    const auto decoded = static_cast<char>(byte);
    if (byte < 128 && is_unreserved(decoded))
      out += decoded;
    else
      append_percent_encoded(out, decoded);
    i += 2;
  }
  return std::nullopt;
}

/// A part is a dot segment, also for servers that cut parameters off first.
bool is_dots(std::string_view part) noexcept {
  const auto name = part.substr(0, part.find(';'));
  return name == "." || name == "..";
}

/// Servers that decode separators would see a dot segment here.
bool hides_dots(std::string_view segment) noexcept {
  if (segment == "." || segment == "..") return false;
  while (true) {
    const auto separator = std::min(segment.find("%2F"), segment.find("%5C"));
    if (is_dots(segment.substr(0, separator))) return true;
    if (separator == std::string_view::npos) return false;
    segment.remove_prefix(separator + 3);
  }
}

/// RFC 3986, 5.2.4, in place: the result is never longer.
std::optional<BadTarget> remove_dot_segments(std::string& path) {
  std::size_t written = 0;
  std::size_t at = 0;  // always at a slash
  while (at < path.size()) {
    const auto end = std::min(path.find('/', at + 1), path.size());
    const auto segment = std::string_view(path).substr(at + 1, end - at - 1);
    if (hides_dots(segment)) return BadTarget{"The path has a hidden dot segment."};
    if (segment == "..") {
      if (written == 0) return BadTarget{"The path leaves the root."};
      written = path.rfind('/', written - 1);
    }
    if (segment == "." || segment == "..") {
      if (end == path.size()) path[written++] = '/';
    } else {
      std::copy(path.begin() + static_cast<std::ptrdiff_t>(at),
                path.begin() + static_cast<std::ptrdiff_t>(end),
                path.begin() + static_cast<std::ptrdiff_t>(written));
      written += end - at;
    }
    at = end;
  }
  path.resize(written);
  return std::nullopt;
}

/// A host with or without a port (RFC 3986, 3.2), as far as it must not be mistaken for more.
bool is_authority(std::string_view text) noexcept {
  if (text.empty() || text.front() == ':') return false;
  return std::ranges::all_of(text, [](char c) {
    return is_unreserved(c) ||
           std::string_view("[]:!$&'()*+,;=%").find(c) != std::string_view::npos;
  });
}

/// Takes scheme and authority off the front of an absolute target.
std::optional<BadTarget> take_authority(std::string_view& target, RequestTarget& result) {
  const auto colon = target.find("://");
  const auto scheme = target.substr(0, colon);
  if (colon == std::string_view::npos || !(iequals(scheme, "http") || iequals(scheme, "https")))
    return BadTarget{"The request target must start with a slash or be an HTTP URL."};
  target.remove_prefix(colon + 3);
  result.form = RequestTarget::Form::kAbsolute;
  result.authority = target.substr(0, target.find_first_of("/?#"));
  if (!is_authority(result.authority)) return BadTarget{"The request target has no valid host."};
  target.remove_prefix(result.authority.size());
  return std::nullopt;
}

}  // namespace

boost::system::result<std::string_view, BadTarget> normalise_path(std::string_view path,
                                                                  std::string& buffer) {
  if (!path.starts_with('/')) return BadTarget{"The path must start with a slash."};
  if (is_normal(path)) return path;
  constexpr BadTarget kTwoSlashes{"The path must not start with two slashes."};
  if (path.starts_with("//")) return kTwoSlashes;
  buffer.clear();
  if (auto bad = decode_unreserved(path, buffer)) return *bad;
  if (auto bad = remove_dot_segments(buffer)) return *bad;
  if (buffer.starts_with("//")) return kTwoSlashes;
  return std::string_view(buffer);
}

boost::system::result<RequestTarget, BadTarget> parse_target(std::string_view target,
                                                             std::string& buffer) {
  RequestTarget result;
  if (target == "*") {
    result.form = RequestTarget::Form::kAsterisk;
    result.path = target;
    return result;
  }
  if (!target.starts_with('/')) {
    if (auto bad = take_authority(target, result)) return *bad;
  }
  const auto mark = target.find('?');
  auto path = target.substr(0, mark);
  if (mark != std::string_view::npos) {
    result.has_query = true;
    result.query = target.substr(mark + 1);
    const auto is_bad = [](char c) {
      return c == ' ' || c == '#' || is_control(static_cast<unsigned char>(c));
    };
    if (std::ranges::any_of(result.query, is_bad))
      return BadTarget{"The query has a character that must be percent-encoded."};
  }
  if (path.empty()) path = "/";  // of "http://host?x" (RFC 3986, 6.2.3)
  auto normal = normalise_path(path, buffer);
  if (!normal) return normal.error();
  result.path = *normal;
  return result;
}

}  // namespace rig::proxy

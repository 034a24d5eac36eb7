#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::proxy {

/// Why a request target is refused; the answer is 400.
struct BadTarget {
  constexpr explicit BadTarget(const char* text = "") : reason(text) {}
  std::string_view reason;  ///< a sentence for the client
};

/// A request target, ready to be matched (RFC 9112, 3.2). Views into the text that was parsed or
/// into the buffer that was given with it.
struct RequestTarget {
  enum class Form : std::uint8_t {
    kOrigin,    ///< "/a?b"
    kAbsolute,  ///< "http://host/a?b"
    kAsterisk,  ///< "*": the server itself (RFC 9110, 9.3.7); the path is "*", which no route has
  };
  Form form = Form::kOrigin;
  std::string_view authority;  ///< of the absolute form, which replaces `Host` (RFC 9112, 3.2.2)
  std::string_view path;       ///< normalised
  std::string_view query;      ///< behind the question mark, byte for byte
  bool has_query = false;      ///< tells "/a?" from "/a"
};

/// Takes a request target apart and normalises its path before anything is matched (RFC 3986,
/// 6.2.2): escapes of unreserved characters are decoded, other escapes written in upper case, dot
/// segments removed. So the path that a route admits is the one that the server behind it sees.
///
/// `%2F` and `%5C` stay as they are and never part segments. Refused is what a server behind could
/// read differently: a path that starts with `//` (now, or once dot segments are gone), that leaves
/// the root, that has a backslash, a control character or its escape, a character that RFC 3986
/// does not allow in paths, an escape without two digits, and dot segments that only those see who
/// decode `%2F` and `%5C` or cut off parameters ("..%2Fx", "..;x"). Of a query only control
/// characters, spaces and `#` are refused. The authority form (CONNECT), user information, and
/// schemes other than http and https are refused too.
[[nodiscard]] boost::system::result<RequestTarget, BadTarget> parse_target(std::string_view target,
                                                                           std::string& buffer);

/// The same for a path alone, which starts with `/`: views `path`, or `buffer` if it had to change.
[[nodiscard]] boost::system::result<std::string_view, BadTarget> normalise_path(
    std::string_view path, std::string& buffer);

}  // namespace rig::proxy

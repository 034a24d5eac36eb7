#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace rig::http_client {

/// Where a request goes, taken apart (RFC 3986, RFC 9110 section 4.2).
struct Url {
  bool is_https = false;
  std::string host;    ///< a name or an address; without the brackets of IPv6
  std::string port;    ///< always there, in digits
  std::string target;  ///< path and query, at least "/"

  /// The value of the `host` field: no default port.
  [[nodiscard]] std::string authority() const;
  /// For messages: no path and no query, which may hold secrets.
  [[nodiscard]] std::string server() const;
};

/// The error says why, without repeating the text.
boost::system::result<Url, std::string> parse_url(std::string_view text);

}  // namespace rig::http_client

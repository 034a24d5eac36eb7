#pragma once

#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rig::api {

/// To cut a session off (`proxy.md` 7.3).
struct BlacklistRequest {
  std::string session;
  std::chrono::seconds validity;  ///< positive; what does not fit is the longest there is
};

/// The error is the answer, in the words of version 3 where it had any.
[[nodiscard]] boost::system::result<BlacklistRequest, transport::HttpResponse>
parse_blacklist_request(const transport::HttpRequest& request);

/// What a list of sessions is to hold.
struct ListRequest {
  static constexpr std::size_t kLimitDefault = 100;
  static constexpr std::size_t kLimitMax = 1000;

  std::string after;  ///< empty: from the beginning
  std::size_t limit = kLimitDefault;
  std::string user;  ///< empty: of everybody
};

/// Reads the query; an empty parameter is an absent one. The error is the answer.
[[nodiscard]] boost::system::result<ListRequest, transport::HttpResponse> parse_list_request(
    std::string_view query);

/// The last segment of a path, percent-decoded; nothing if it cannot be decoded.
[[nodiscard]] std::optional<std::string> last_segment(std::string_view path);

}  // namespace rig::api

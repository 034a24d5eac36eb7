#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What goes through the port HttpClient: values, without a task.

namespace rig::http_client {

struct Request {
  std::string method = "GET";
  std::string url;                                           ///< http or https, absolute
  std::vector<std::pair<std::string, std::string>> headers;  ///< `host` and lengths are added
  std::string body;
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  /// The first header of that name, which is in lower case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// Why there is no response.
struct Failure {
  enum class Reason : std::uint8_t {
    kUrl,          ///< it is no http or https URL
    kUnreachable,  ///< name, connection or reset
    kTls,          ///< handshake or certificate
    kTimeout,
    kProtocol,  ///< it does not speak HTTP
    kTooLarge,  ///< the body has more than `body_bytes_max`
    kBusy,      ///< too many requests to this server wait already
  };
  Reason reason;
  std::string message;  ///< for the log: no header, no query, no body of the request
};

struct Options {
  std::chrono::milliseconds timeout{5'000};  ///< for all of it
  std::size_t body_bytes_max = 1 << 20;
};

}  // namespace rig::http_client

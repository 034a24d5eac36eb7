#pragma once

#include "raw_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testkit {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request. `host` and `content-length` are added when it is sent, unless they are there.
struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  HttpHeaders headers = {};
  std::string body = {};
};

/// An answer as it came: header names in the case they were sent in.
struct HttpReply {
  std::string version;
  int status = 0;
  std::string reason;
  HttpHeaders headers;
  std::string body;

  /// All values of that name (any case), in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  /// The value of a header that must not come twice; nothing if it is absent.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

[[nodiscard]] std::string to_bytes(const HttpRequest& request);
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Status line and headers only; what follows stays in the socket.
[[nodiscard]] HttpReply read_reply_head(RawSocket& socket, Deadline deadline = Deadline{});
/// What belongs to a head: by content-length, chunked, or up to the end.
void read_body(RawSocket& socket, HttpReply& reply, std::string_view method = "GET",
               Deadline deadline = Deadline{});
/// A whole answer to a request of that method.
[[nodiscard]] HttpReply read_reply(RawSocket& socket, std::string_view method = "GET",
                                   Deadline deadline = Deadline{});
/// The payload of the next chunk of a chunked body; empty for the last one, after its trailer.
[[nodiscard]] std::string read_chunk(RawSocket& socket, Deadline deadline = Deadline{});

/// One connection that is kept open for several requests.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port) : socket_(port) {}

  HttpReply request(const HttpRequest& request);
  [[nodiscard]] RawSocket& socket() { return socket_; }

 private:
  RawSocket socket_;
};

/// One request on a connection of its own.
HttpReply fetch(std::uint16_t port, const HttpRequest& request);

}  // namespace testkit

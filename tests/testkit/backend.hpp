#pragma once

#include "gateway.hpp"
#include "http.hpp"
#include "listener.hpp"
#include "raw_socket.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace testkit {

/// A request as a backend got it.
struct BackendRequest {
  std::string head;  ///< to the byte, with the empty line
  std::string method;
  std::string target;
  HttpHeaders headers;
  std::string body;  ///< without its framing

  /// All values of that name (any case), in order.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  /// The value of a header that must not come twice; nothing if it is absent.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// The head of the next request; its body stays in the socket. Throws Closed if none comes.
[[nodiscard]] BackendRequest read_request_head(RawSocket& socket, Deadline deadline = Deadline{});
/// The body that belongs to a head, by content-length or chunked.
void read_request_body(RawSocket& socket, BackendRequest& request, Deadline deadline = Deadline{});
/// The next request with its body.
[[nodiscard]] BackendRequest read_request(RawSocket& socket, Deadline deadline = Deadline{});

/// An answer with a content-length.
[[nodiscard]] std::string answer_bytes(int status, std::string_view body,
                                       const HttpHeaders& headers = {});

/// A backend that answers every request at once, on as many connections as are made to it, with the
/// bytes that the test says (200 and "ok" if it says nothing); no bytes close the connection. For a
/// backend that takes its time, or that misbehaves, a test has a Listener of its own. Declare it
/// before the gateway, which is then gone first.
class Backend {
 public:
  /// Called on the thread of a connection.
  using Answer = std::function<std::string(const BackendRequest&)>;

  explicit Backend(Answer answer = {});
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// What has come so far, and the last of it.
  [[nodiscard]] std::vector<BackendRequest> requests() const;
  [[nodiscard]] BackendRequest last() const;
  [[nodiscard]] std::size_t connections() const { return connection_count_; }

 private:
  void accept_all();
  void serve(RawSocket socket);

  Listener listener_;
  Answer answer_;
  std::atomic<bool> is_over_ = false;
  std::atomic<std::size_t> connection_count_ = 0;
  mutable std::mutex mutex_;
  std::vector<BackendRequest> requests_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

/// An API definition with the backend on that port of this machine, these endpoints (JSON,
/// separated by commas) and more members (each behind a comma).
[[nodiscard]] std::string api_definition(std::string_view id, std::uint16_t port,
                                         std::string_view endpoints, std::string_view more = {});
/// The same with these members of `proxy` (JSON, separated by commas).
[[nodiscard]] std::string api_of(std::string_view id, std::string_view proxy,
                                 std::string_view endpoints);
/// `targets` with the backends on these ports.
[[nodiscard]] std::string targets_on(const std::vector<std::uint16_t>& ports);
/// An endpoint; `path` is the pattern as JSON text.
[[nodiscard]] std::string endpoint(std::string_view id, std::string_view method,
                                   std::string_view path, std::string_view more = {});
/// The settings of a gateway with one such API, and `changes`.
[[nodiscard]] Environment proxying(const std::string& definition, Environment changes = {});

}  // namespace testkit

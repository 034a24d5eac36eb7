#pragma once

#include "listener.hpp"
#include "raw_socket.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace testkit {

/// How a server may read requests where the standard leaves no doubt, and servers have some all the
/// same.
struct Reading {
  const char* name = "by the standard";
  bool prefers_length = false;    ///< a length counts more than chunks
  bool ends_lines_at_lf = false;  ///< with a CR before it or not
  bool is_lenient = false;  ///< blanks before the colon, `_` for `-`, any value with `chunked`
};

/// The first lines of the requests that stand in `stream` for a server that reads so; that of one
/// that is not complete is one too.
[[nodiscard]] std::vector<std::string> requests_in(std::string_view stream, const Reading& reading);

/// A backend that keeps every byte that comes to it, and answers what is a request by the standard.
class RecordingBackend {
 public:
  RecordingBackend();
  ~RecordingBackend() { (void)finish(); }
  RecordingBackend(const RecordingBackend&) = delete;
  RecordingBackend& operator=(const RecordingBackend&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  /// When all clients are gone: what came on each connection.
  [[nodiscard]] std::vector<std::string> finish();

 private:
  void accept_all();
  void serve(RawSocket socket);

  Listener listener_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::vector<std::string> streams_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace testkit

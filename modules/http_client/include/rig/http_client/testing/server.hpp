#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>  // tidy: allow(mutex) the server of a test has threads
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rig::http_client {

/// One accepted connection, read and written by blocking calls on a thread of its own.
class Peer {
 public:
  Peer(int fd, std::size_t number, SSL_CTX* tls);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// The next request with its body; empty if the client closed.
  std::string read_request();
  /// Whatever comes next; empty if the client closed.
  std::string read_some();
  void write(std::string_view bytes);
  /// No more bytes from here; the other direction stays open.
  void finish_writing();
  /// The end of this connection will be a reset.
  void reset_at_end();
  /// Writes a byte now and then until the client closes.
  void drip_until_closed();
  void wait_until_closed();

  [[nodiscard]] std::size_t number() const noexcept { return number_; }  ///< from 0
  [[nodiscard]] std::string server_name() const;                         ///< of the TLS handshake
  [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }     ///< TLS shook hands

 private:
  std::size_t receive(char* into, std::size_t size);

  int fd_;
  std::size_t number_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
  bool is_ready_ = true;
  std::string rest_;
};

/// A server on a loopback port of its own that runs `serve` for each connection.
class Server {
 public:
  explicit Server(std::function<void(Peer&)> serve, SSL_CTX* tls = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::string url(std::string_view host = "127.0.0.1",
                                std::string_view path = "/") const;
  [[nodiscard]] std::size_t accepted() const noexcept { return accepted_.load(); }

 private:
  void accept_all();

  std::function<void(Peer&)> serve_;
  SSL_CTX* tls_;
  std::uint16_t port_ = 0;
  int listener_;
  std::atomic<std::size_t> accepted_{0};
  std::mutex mutex_;  // tidy: allow(mutex) the server of a test has threads
  std::vector<int> open_;
  bool is_stopped_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A loopback port where nobody listens.
std::string url_of_nobody();

}  // namespace rig::http_client

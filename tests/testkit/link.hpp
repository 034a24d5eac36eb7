#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace testkit {

/// A network between a client and a server of this machine: whoever connects to `port()` talks to
/// the server, until a test breaks it. What a call asks for is in force when it returns; calls come
/// from one thread at a time.
class Link {
 public:
  enum class Way : std::uint8_t { kBoth, kToServer, kToClient };

  /// To the server at that port, which need not be there yet.
  explicit Link(std::uint16_t server);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// "127.0.0.1:<port>"
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Nothing passes that way and nobody is told, as if a cable were pulled: what was sent waits, as
  /// far as there is room, and so do new connections.
  void cut(Way way = Way::kBoth);
  /// All connections are reset, and new ones at once, as if the server were gone.
  void refuse();
  /// All connections are reset; new ones pass.
  void reset();
  /// All passes again, at once.
  void heal();
  /// What is sent from now on comes so much later, either way.
  void delay(std::chrono::milliseconds time);

  /// Connections of clients that are open.
  [[nodiscard]] std::size_t connections() const;

 private:
  class Forwarder;

  std::unique_ptr<Forwarder> forwarder_;
  std::uint16_t port_ = 0;
};

}  // namespace testkit

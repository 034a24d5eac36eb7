#pragma once

#include "deadline.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace testkit {

/// A TCP connection to this machine that sends exactly the bytes it is told. Every call has a
/// deadline and throws Failure when it passes. Received bytes wait in a buffer until asked for.
class RawSocket {
 public:
  /// `receive_buffer` bytes of kernel buffer: small for a client that is slow on purpose.
  explicit RawSocket(std::uint16_t port, int receive_buffer = 0);
  /// A connection that is there already (see Listener); this object closes it.
  [[nodiscard]] static RawSocket of_descriptor(int fd) { return RawSocket(OpenDescriptor{fd}); }
  ~RawSocket();
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&& other) noexcept;

  void send(std::string_view bytes);
  /// False if the other side has gone before all was sent.
  [[nodiscard]] bool try_send(std::string_view bytes, Deadline deadline = Deadline{});

  /// Up to and with the first `delimiter`; later bytes stay in the buffer. Throws if the stream
  /// ends before.
  std::string read_until(std::string_view delimiter, Deadline deadline = Deadline{});
  std::string read_exactly(std::size_t size, Deadline deadline = Deadline{});
  /// What has come, and at least a byte; empty at the end of the stream.
  std::string read_some(Deadline deadline = Deadline{});
  /// All that comes until the other side closes.
  std::string read_to_end(Deadline deadline = Deadline{});
  /// How the stream went on after what was read: closed in order, or reset.
  [[nodiscard]] bool was_reset() const { return was_reset_; }

  void close();          ///< FIN, as a client that ends in order
  void reset();          ///< RST, as a client that was killed
  void shutdown_send();  ///< no more from us; we still read

 private:
  struct OpenDescriptor {
    int fd;
  };
  explicit RawSocket(OpenDescriptor open) : fd_(open.fd) {}
  /// Waits for more bytes; false if the stream has ended.
  bool receive_more(Deadline deadline);

  int fd_ = -1;
  std::string buffer_;
  bool was_reset_ = false;
};

}  // namespace testkit

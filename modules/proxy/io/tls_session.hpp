#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

using TlsContext = std::shared_ptr<SSL_CTX>;

/// What a step without waiting came to, plain or TLS.
struct Step {
  enum class State : std::uint8_t {
    kDone,        ///< `bytes` of them, at least one
    kWantsRead,   ///< again when the socket is readable
    kWantsWrite,  ///< again when it is writable
    kEnd,         ///< the peer has closed in good order
    kBroken,
  };
  State state = State::kBroken;
  std::size_t bytes = 0;
};

/// The client's side of TLS on a socket that does not block. One reads while another one writes, on
/// one shard; nothing here waits.
class TlsSession {
 public:
  /// `host` is what the certificate must be for, and goes into SNI unless it is an address (RFC
  /// 6066, section 3).
  TlsSession(const TlsContext& context, int fd, const std::string& host);

  Step shake_hands() noexcept;
  Step read(std::span<char> into) noexcept;
  Step write(std::string_view bytes) noexcept;
  /// Why the handshake failed.
  [[nodiscard]] std::string reason() const;

 private:
  [[nodiscard]] Step step_of(int result) noexcept;

  TlsContext context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::string error_;
};

}  // namespace rig::proxy

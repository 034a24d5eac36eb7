#pragma once

#include <rig/core/task.hpp>
#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// Where a request came from.
struct Peer {
  std::string address;  ///< as text, without brackets and port
  bool is_secure = false;
};

/// A request whose body is still on its way, and the answer to it. Pieces pass without being
/// collected, each at the pace of whoever takes it. On the shard of the client's connection; one
/// coroutine may read while another one writes. The connection's own headers (`connection`,
/// `transfer-encoding`, `content-length`) are the transport's.
class Exchange {
 public:
  /// Why there is no further piece.
  enum class Failure : std::uint8_t {
    kClientLeft,
    kTooSlow,  ///< longer than RIG_REQUEST_BODY_TIMEOUT without a byte
    kInvalid,  ///< what came is no body
  };

  [[nodiscard]] virtual const HttpRequest& request() const noexcept = 0;  ///< without its body
  [[nodiscard]] virtual const Peer& peer() const noexcept = 0;
  /// Whom limits count: the client's address, found through the proxies that are trusted
  /// (RIG_TRUSTED_PROXIES), of IPv6 its network of 64 bits. Looked up with each call; `::` once the
  /// client has left.
  [[nodiscard]] virtual std::string counted_address() const = 0;
  [[nodiscard]] virtual bool has_body() const noexcept = 0;
  /// Nothing: it is chunked, so nobody knows.
  [[nodiscard]] virtual std::optional<std::uint64_t> body_length() const noexcept = 0;

  /// The next piece of the body, valid until the next call; empty at its end. A client that waits
  /// for `100 Continue` gets it with the first call. After `switch_protocols` it is whatever comes
  /// on the connection.
  virtual Task<boost::system::result<std::string_view, Failure>> read() = 0;
  /// What stood behind a chunked body, once `read` has found its end. Not all of it may be believed
  /// or handed on (RFC 9110, 6.5).
  [[nodiscard]] virtual const Headers& trailers() const noexcept = 0;

  /// An answer that is no final one (1xx but 101), passed on at once.
  virtual Task<bool> inform(HttpResponse head) = 0;
  /// Begins the answer; its `body` is not used. The head waits for the first piece.
  virtual void start(HttpResponse head, BodyFraming framing) = 0;
  /// Done when the kernel has it; an empty piece sends the head alone. The piece need not outlive
  /// the first suspension. These all return false if the client has left.
  virtual Task<bool> write(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) = 0;
  /// What stands behind a chunked body; before its end. Dropped if it is not chunked.
  virtual void add_trailers(const Headers& trailers) = 0;
  /// Of a body with a length: how much of a piece the client takes at once; nothing: it has left.
  virtual std::optional<std::size_t> write_some(std::string_view piece) = 0;
  /// After less than all, until more can be tried.
  virtual Task<bool> wait_to_write() = 0;
  /// The last piece of the body, which may be empty.
  virtual Task<bool> finish(  // tidy: allow(coroutine-parameters) whoever calls it awaits it
      std::string_view piece) = 0;
  /// 101: from now on the connection is whatever both sides agreed on (RFC 9110, 7.8).
  virtual Task<bool> switch_protocols(HttpResponse head) = 0;
  /// The body cannot be completed: the client must see that it is cut.
  virtual void abort() noexcept = 0;

  /// Done when the client has left; is cancelled otherwise. Not while `read` waits.
  virtual Task<> client_left() = 0;

 protected:
  ~Exchange() = default;
};

}  // namespace rig::transport

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

/// The headers of a message: one buffer, and where each name and value stands in it. Views into it
/// are valid until the next `add`.
class Headers {
 public:
  struct Entry {
    std::string_view name;
    std::string_view value;
  };

  void add(std::string_view name, std::string_view value);
  [[nodiscard]] std::size_t size() const noexcept { return spans_.size(); }
  [[nodiscard]] bool empty() const noexcept { return spans_.empty(); }
  [[nodiscard]] Entry operator[](std::size_t i) const noexcept;
  /// The first header of that name, compared without regard to case; empty if there is none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  void clear() noexcept;

 private:
  struct Span {
    std::uint32_t at;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Span> spans_;
};

/// A request, read completely. Owned by whoever handles it.
struct HttpRequest {
  std::string method;  ///< as sent: "GET"
  std::string target;  ///< as sent: "/a/b?c=d"
  int version = 11;    ///< 10 or 11
  Headers headers;
  std::string body;
  bool keep_alive = true;
  /// The address that limits count it for, IPv4 in its IPv6 form; all zero if no limit needs it.
  std::array<std::uint8_t, 16> client_address{};

  [[nodiscard]] std::string_view path() const noexcept;   ///< the target up to the question mark
  [[nodiscard]] std::string_view query() const noexcept;  ///< the target behind the question mark
};

/// The value of a query parameter, percent-decoded with `+` as a space; nothing if it is absent.
/// Undecodable input counts as absent.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view query,
                                                         std::string_view name);

/// An answer. `content-length`, `date` and `connection` are written by the transport.
struct HttpResponse {
  int status = 200;
  std::string content_type;  ///< empty: none
  Headers headers;
  std::string body;
  std::string reason;  ///< of the status line; empty: the usual one

  static HttpResponse json(int status, std::string body);
  static HttpResponse text(int status, std::string body);
  /// {"message": …}, the shape of every error that has no other by contract.
  static HttpResponse error(int status, std::string_view message);
};

/// How the body of an answer is delimited (RFC 9112, 6.3).
struct BodyFraming {
  enum class Kind : std::uint8_t {
    kNone,     ///< there is none; a `content-length` among the headers is passed on, as for HEAD
    kLength,   ///< `length` bytes
    kChunked,  ///< nobody knows how long; to an HTTP/1.0 client it ends with the connection
  };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;
};

}  // namespace rig::transport

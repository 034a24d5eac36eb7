#pragma once

#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>

namespace rig::proxy {

/// Where a body ends (RFC 9112, 6.3).
struct Framing {
  enum class Kind : std::uint8_t {
    kNone,
    kLength,
    kChunked,
    kUntilClose,  ///< of answers alone
    kUpgraded,    ///< after 101: what follows is no HTTP
  };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  ///< of kLength, bytes
  bool operator==(const Framing&) const = default;
};

/// Why a message is refused: a request with 400, an answer with 502.
struct BadMessage {
  std::string_view reason;  ///< a sentence
};

using transport::Headers;

/// What the framing headers of a message say. Refused is all that two readers could understand
/// differently: both of them, lengths that differ, a coding that is not `chunked` alone, any coding
/// on HTTP/1.0. Nothing if there is neither.
struct DeclaredFraming {
  bool is_declared = false;
  Framing framing;
};
[[nodiscard]] boost::system::result<DeclaredFraming, BadMessage> declared_framing(
    const Headers& headers, int version);

/// `version`: 10 or 11.
[[nodiscard]] boost::system::result<Framing, BadMessage> request_framing(const Headers& headers,
                                                                         int version);

/// `is_head`: of the answer to HEAD, which has a length and no body.
[[nodiscard]] boost::system::result<Framing, BadMessage> response_framing(const Headers& headers,
                                                                          int version, int status,
                                                                          bool is_head);

}  // namespace rig::proxy

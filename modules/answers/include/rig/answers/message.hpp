#pragma once

#include <rig/answers/answer.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rig::answers {

/// A header of a message, in any case; a broker's may have any bytes in it.
using MessageHeader = std::pair<std::string_view, std::string_view>;

/// An answer as it comes in a message, whatever carried it (`proxy.md` 5.4).
struct Message {
  std::optional<std::string> correlation;  ///< `rig-correlation`
  bool has_status = false;                 ///< there was a `rig-response-code`
  Answer answer;
};

/// Why a `rig-response-code` is no status.
enum class BadStatus : std::uint8_t {
  kNoNumber,
  kOutOfRange,  ///< below 200 or above 599
};

/// Reads the headers; the body is the answer's as it is. Those go on to the client that concern it:
/// content-type, content-language, location, set-cookie, cache-control, etag and x-…. What HTTP has
/// no place for, like a line break, is left out, and so is a second content-type.
boost::system::result<Message, BadStatus> read_message(std::span<const MessageHeader> headers,
                                                       std::string body);

}  // namespace rig::answers

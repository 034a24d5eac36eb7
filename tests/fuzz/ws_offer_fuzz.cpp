// Any value of Sec-WebSocket-Extensions: no crash, and what is answered is one of the two answers
// there are.

#include "logic/ws_deflate.hpp"

#include <rig/core/assert.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view offers(reinterpret_cast<const char*>(data), size);
  const std::string answer =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  const auto answered = rig::transport::negotiate_ws_deflate(offers);
  if (!answered) return 0;
  RIG_ASSERT(answered == answer || answered == answer + "; server_max_window_bits=15");
  // An answer is itself an offer that is accepted.
  RIG_ASSERT(rig::transport::negotiate_ws_deflate(*answered) == answered);
  return 0;
}

// Any value of Cookie, and any token, cursor or place in it: no crash, and what is read as one of
// them is what was written as that.

#include "logic/connection_token.hpp"
#include "logic/long_poll_request.hpp"
#include "logic/poll_buffer.hpp"

#include <rig/core/assert.hpp>
#include <rig/subscriptions/cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using rig::subscriptions::Cursor;
using rig::transport::ConnectionToken;
using rig::transport::LongPollCookies;
using rig::transport::PollPlace;

void check_words(std::string_view text) {
  if (const auto token = ConnectionToken::parse(text)) {
    const auto again = ConnectionToken::parse(token->text());
    RIG_ASSERT(again && rig::transport::same(again->secret, token->secret) &&
               again->slot == token->slot);
  }
  if (const auto cursor = Cursor::parse(text)) RIG_ASSERT(Cursor::parse(cursor->text()) == cursor);
  const auto place = PollPlace::parse(text);
  const auto again = PollPlace::parse(place.text());
  RIG_ASSERT(again.cursor == place.cursor && again.number == place.number);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string value(reinterpret_cast<const char*>(data), size);
  check_words(value);
  rig::transport::HttpRequest request;
  request.headers.add("cookie", value);
  const auto cookies = LongPollCookies::of(request);
  RIG_ASSERT(cookies.last_event_id.size() <= size);
  check_words(cookies.last_event_id);
  if (cookies.connection_token) check_words(*cookies.connection_token);
  return 0;
}

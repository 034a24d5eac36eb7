#pragma once

#include "logic/chunk.hpp"

#include <rig/cloudevents/event.hpp>

#include <chrono>
#include <string_view>

namespace rig::transport {

/// An event as one chunk of an event stream (WHATWG HTML, 9.2; `events.md` 3): `event:` with its
/// type, `data:` for each line of its text, `id:` with the cursor behind it, an empty line.
ChunkRef encode_sse(const cloudevents::EventRef& event, std::string_view cursor);

/// The same for the gateway's own events, which are no deliveries; without a cursor if it is empty.
ChunkRef encode_sse_notice(const cloudevents::Event& event, std::string_view cursor);

/// An event of the gateway behind which the stream ends.
ChunkRef encode_sse_last(const cloudevents::Event& event);

/// A comment, which clients ignore: keeps proxies from closing a quiet stream.
ChunkRef encode_sse_comment(std::string_view text);

/// The first event of a stream, which also says how long a client waits before it connects again.
ChunkRef encode_sse_welcome(const cloudevents::Event& event, std::chrono::milliseconds retry);

/// The end of a stream that is no accident: a comment, when to come back, and the last chunk (RFC
/// 9112, 7.1).
ChunkRef encode_sse_goodbye(std::chrono::milliseconds retry);

}  // namespace rig::transport

#pragma once

#include "logic/chunk.hpp"

#include <rig/cloudevents/event.hpp>

#include <string_view>

namespace rig::transport {

/// An event as one chunk of an event stream (WHATWG HTML, 9.2; `events.md` 3): `event:` with its
/// type, `data:` for each line of its text, an empty line.
ChunkRef encode_sse(const cloudevents::Event& event);

/// The same for the gateway's own events, which are no deliveries.
ChunkRef encode_sse_notice(const cloudevents::Event& event);

/// A comment, which clients ignore: keeps proxies from closing a quiet stream.
ChunkRef encode_sse_comment(std::string_view text);

/// Ends a chunked body (RFC 9112, 7.1); nothing where the stream is not chunked.
ChunkRef encode_last_chunk();

}  // namespace rig::transport

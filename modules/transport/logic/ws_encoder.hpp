#pragma once

#include "logic/chunk.hpp"
#include "logic/ws_deflate.hpp"

#include <rig/cloudevents/event.hpp>

#include <string>
#include <string_view>

namespace rig::transport {

/// `json`, an object, with the extension attribute `rigcursor` as its last member.
std::string with_cursor(std::string_view json, std::string_view cursor);

/// An event as one text frame that all sockets share (`events.md` 4). `cursor`: added as the
/// extension attribute `rigcursor`, unless it is empty.
ChunkRef encode_ws(const cloudevents::EventRef& event, std::string_view cursor);

/// The same as a compressed message (RFC 7692).
ChunkRef encode_ws_deflated(const cloudevents::EventRef& event, std::string_view cursor,
                            WsDeflater& deflater);

/// The gateway's own events, which are no deliveries.
ChunkRef encode_ws_notice(const cloudevents::Event& event, std::string_view cursor);

}  // namespace rig::transport

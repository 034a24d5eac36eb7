#pragma once
// What rig_floor sends, byte for byte as long as what the gateway sends.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::bench {

/// The id of the event with that position, which rises; shaped as the gateway's cursors are.
std::string floor_id(std::uint64_t position);

/// The position of an id; empty if it is none.
std::optional<std::uint64_t> floor_position(std::string_view id);

/// The head of the answer that opens an event stream.
std::string_view sse_head();

/// One event as an HTTP chunk.
std::string sse_chunk(std::string_view type, std::string_view data, std::string_view id);

/// The head of the answer to a WebSocket handshake.
std::string ws_head(std::string_view nonce);

}  // namespace rig::bench

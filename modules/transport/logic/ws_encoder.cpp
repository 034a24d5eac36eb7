#include "logic/ws_encoder.hpp"

#include "logic/ws_frame.hpp"

#include <utility>

namespace rig::transport {
namespace {

/// `json` up to its last brace: what follows are white space at most.
std::string_view without_end(std::string_view json) noexcept {
  return json.substr(0, json.find_last_of('}'));
}

std::string end_with(std::string_view cursor) {
  return std::string(R"(,"rigcursor":")").append(cursor).append(R"("})");
}

}  // namespace

std::string with_cursor(std::string_view json, std::string_view cursor) {
  return std::string(without_end(json)).append(end_with(cursor));
}

ChunkRef encode_ws(const cloudevents::EventRef& event, std::string_view cursor) {
  const std::string_view text = cursor.empty() ? event->json() : without_end(event->json());
  const std::string end = cursor.empty() ? std::string() : end_with(cursor);
  Chunk::Frame frame;
  frame.bytes = ws_frame_head(WsOpcode::kText, text.size() + end.size());
  frame.split = frame.bytes.size();
  frame.bytes += end;
  return ChunkRef(new Chunk(std::move(frame), text, event));
}

ChunkRef encode_ws_deflated(const cloudevents::EventRef& event, std::string_view cursor,
                            WsDeflater& deflater) {
  const std::string payload =
      deflater.compress(cursor.empty() ? event->json() : with_cursor(event->json(), cursor));
  Chunk::Frame frame;
  frame.bytes = ws_frame_head(WsOpcode::kText, payload.size(), true) + payload;
  return ChunkRef(new Chunk(std::move(frame), {}, event));
}

ChunkRef encode_ws_notice(const cloudevents::Event& event, std::string_view cursor) {
  const std::string text = cursor.empty() ? event.json() : with_cursor(event.json(), cursor);
  return ChunkRef(new Chunk(ws_frame_head(WsOpcode::kText, text.size()) + text));
}

}  // namespace rig::transport

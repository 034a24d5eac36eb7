#include "peer.hpp"

#include "event_text.hpp"

namespace rig::bench {
namespace {

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4U];
      out += "0123456789ABCDEF"[byte & 15U];
    }
  }
  return out;
}

std::string rig_subscriptions(std::optional<std::uint32_t> key) {
  std::string json = R"([{"eventType":")" + std::string(kEventType) + '"';
  if (key) {
    json += R"(,"oneOf":[{"k":")" + std::to_string(*key) + R"("}])";
  }
  return json + "}]";
}

std::string floor_topic(std::optional<std::uint32_t> key) {
  return std::string(kEventType) + (key ? '/' + std::to_string(*key) : "");
}

}  // namespace

std::optional<PeerKind> peer_from_name(std::string_view name) {
  if (name == "rig") return PeerKind::kRig;
  if (name == "floor") return PeerKind::kFloor;
  return std::nullopt;
}

std::string_view peer_name(PeerKind peer) { return peer == PeerKind::kRig ? "rig" : "floor"; }

std::string subscribe_request(PeerKind peer, std::optional<std::uint32_t> key) {
  const std::string target = peer == PeerKind::kRig ? "/_rig/v1/connection/sse?subscriptions=" +
                                                          percent_encode(rig_subscriptions(key))
                                                    : "/sub/" + floor_topic(key);
  return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
}

std::string publish_head(PeerKind peer, std::optional<std::uint32_t> key, std::size_t body_bytes) {
  const std::string target =
      peer == PeerKind::kRig ? std::string("/v3/messages") : "/pub/" + floor_topic(key);
  return "POST " + target +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/cloudevents+json\r\n"
         "Content-Length: " +
         std::to_string(body_bytes) + "\r\n\r\n";
}

}  // namespace rig::bench

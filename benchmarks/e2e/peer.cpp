#include "peer.hpp"

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

std::string rig_target(Transport transport, const Subscription& subscription) {
  std::string json = R"([{"eventType":")" + std::string(subscription.type) + '"';
  if (subscription.key) {
    json += R"(,"oneOf":[{"k":")" + std::to_string(*subscription.key) + R"("}])";
  }
  std::string target = "/_rig/v1/connection/" + std::string(transport_name(transport)) +
                       "?subscriptions=" + percent_encode(json + "}]");
  if (!subscription.cursor.empty()) {
    target += "&last_event_id=" + percent_encode(subscription.cursor);
  }
  if (!subscription.token.empty()) {
    target.append("&jwt=").append(subscription.token);
  }
  return target;
}

std::string floor_topic(std::string_view type, std::optional<std::uint32_t> key) {
  return std::string(type) + (key ? '/' + std::to_string(*key) : "");
}

std::string target_of(PeerKind peer, Transport transport, const Subscription& subscription) {
  if (peer == PeerKind::kRig) {
    return rig_target(transport, subscription);
  }
  std::string target = "/sub/" + floor_topic(subscription.type, subscription.key);
  if (!subscription.cursor.empty()) {
    target.append("?last_event_id=").append(subscription.cursor);
  }
  return target;
}

}  // namespace

std::optional<PeerKind> peer_from_name(std::string_view name) {
  if (name == "rig") return PeerKind::kRig;
  if (name == "floor") return PeerKind::kFloor;
  return std::nullopt;
}

std::string_view peer_name(PeerKind peer) { return peer == PeerKind::kRig ? "rig" : "floor"; }

std::optional<Transport> transport_from_name(std::string_view name) {
  if (name == "sse") return Transport::kSse;
  if (name == "ws") return Transport::kWs;
  return std::nullopt;
}

std::string_view transport_name(Transport transport) {
  return transport == Transport::kSse ? "sse" : "ws";
}

std::string sse_request(PeerKind peer, const Subscription& subscription) {
  return "GET " + target_of(peer, Transport::kSse, subscription) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
}

std::string ws_request(PeerKind peer, const Subscription& subscription, std::string_view nonce) {
  return "GET " + target_of(peer, Transport::kWs, subscription) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
         std::string(nonce) + "\r\n\r\n";
}

std::string publish_head(PeerKind peer, std::string_view type, std::optional<std::uint32_t> key,
                         std::size_t body_bytes) {
  const std::string target =
      peer == PeerKind::kRig ? std::string("/v3/messages") : "/pub/" + floor_topic(type, key);
  return "POST " + target +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/cloudevents+json\r\n"
         "Content-Length: " +
         std::to_string(body_bytes) + "\r\n\r\n";
}

}  // namespace rig::bench

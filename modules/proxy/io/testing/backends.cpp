#include "io/testing/backends.hpp"

#include <chrono>
#include <utility>

namespace rig::proxy {

using http_client::Peer;

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Serve answering(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    while (!peer.read_request().empty()) peer.write(bytes);
  };
}

Serve answering_once(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.write(bytes);
    peer.wait_until_closed();
  };
}

Serve closing_after(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.write(bytes);
  };
}

HttpTargetConfig impatient() {
  HttpTargetConfig config;
  config.recv_timeout = std::chrono::milliseconds(300);
  return config;
}

}  // namespace rig::proxy

#include "io/server.hpp"

#include <utility>

namespace rig::proxy {

std::string Server::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text(is_tls ? "https://" : "http://");
  text.append(is_v6 ? "[" : "").append(host).append(is_v6 ? "]:" : ":");
  return text + std::to_string(port);
}

Server server_of(const Upstream& upstream, TlsSettings tls) {
  return {upstream.is_tls, upstream.host, upstream.port, std::move(tls)};
}

}  // namespace rig::proxy

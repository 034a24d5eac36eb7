#include "io/server.hpp"

namespace rig::proxy {

std::string Server::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text(is_tls ? "https://" : "http://");
  text.append(is_v6 ? "[" : "").append(host).append(is_v6 ? "]:" : ":");
  return text + std::to_string(port);
}

Server server_of(const Upstream& upstream, const TlsRules& tls) {
  Server server{upstream.is_tls, upstream.host, upstream.port, {}};
  if (upstream.is_tls) server.tls = {tls.ca_file, tls.is_verified, tls.server_name};
  return server;
}

}  // namespace rig::proxy

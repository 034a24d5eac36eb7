#pragma once

#include <rig/transport/http_message.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace rig::transport {

struct WsOptions {
  bool deflate = false;  ///< accept permessage-deflate
};

/// What the opening handshake agreed on.
struct WsHandshake {
  std::string accept;       ///< the answer to the client's key
  std::string subprotocol;  ///< empty: none
  std::string extensions;   ///< empty: none, otherwise permessage-deflate

  [[nodiscard]] bool deflate() const noexcept { return !extensions.empty(); }
};

/// Checks a request to open a WebSocket (RFC 6455, 4.2.1). The error is the answer to send: 426 if
/// it is no such request or one of another version, 400 if something in it is wrong.
boost::system::result<WsHandshake, HttpResponse> check_ws_handshake(const HttpRequest& request,
                                                                    const WsOptions& options);

/// The 101 (RFC 6455, 4.2.2), with `extra` headers. Frames follow it directly.
std::string write_ws_head(const WsHandshake& handshake, const Headers& extra,
                          std::string_view date);

}  // namespace rig::transport

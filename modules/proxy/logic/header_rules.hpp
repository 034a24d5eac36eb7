#pragma once

#include "logic/framing.hpp"

#include <rig/proxy/api_definition.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

/// What is done to headers that are handed on, besides what HTTP asks for. Names are compared
/// without regard to case. First `remove`, then `set`, which replaces all of its name, then `add`,
/// which adds a line. Names are tokens and values field values (RFC 9110, 5), not checked again.
/// What frames the message or is of its connection is the gateway's own and not written; `host` can
/// be set and not added.
struct HeaderEdits {
  std::span<const std::string> remove = {};
  std::span<const Header> set = {};
  std::span<const Header> add = {};

  [[nodiscard]] bool empty() const noexcept { return remove.empty() && set.empty() && add.empty(); }
};

/// A claim that the upstream gets as a header. What a client sends by this name is always taken
/// out, with `_` for `-` too, as many servers take one for the other.
struct ClaimHeader {
  std::string_view name;
  /// Without: the token has no such claim. With a control character: left out.
  std::string value = {};
  bool has_value = false;
};

/// What is done to a header by which proxies tell whom they speak for.
enum class ForwardingMode : std::uint8_t {
  kPass,     ///< as the client sent it
  kReplace,  ///< only what this gateway knows
  kAppend,   ///< behind what the client sent
};

struct ForwardingRules {
  ForwardingMode forwarded = ForwardingMode::kReplace;  ///< RFC 7239, 5: for and by
  /// X-Forwarded-For; of -Proto and -Host, kAppend keeps the client's, if there are any.
  ForwardingMode x_forwarded = ForwardingMode::kPass;
  std::string via;  ///< the pseudonym in `Via` (RFC 9110, 7.6.3); empty: only the client's
};

/// What a request head is made of. All views outlive the call.
struct UpstreamRequest {
  std::string_view method;
  std::string_view target;  ///< path and query
  std::string_view host;    ///< for `Host`: see `host_header`
  const Headers* headers;   ///< the client's
  HeaderEdits edits = {};
  std::span<const ClaimHeader> claims = {};
  const ForwardingRules* forwarding;
  std::string_view client_ip;
  std::string_view gateway_ip;
  int version = 11;              ///< of the client's request: 10 or 11
  std::string_view scheme;       ///< the same: "http" or "https"
  std::string_view client_host;  ///< as the client addressed the gateway
  std::string_view traceparent =
      {};  ///< replaces the client's and its tracestate; empty: both pass
  std::string_view tracestate = {};
  Framing framing = {};
  bool has_length = false;        ///< the client said `content-length: 0`
  bool expects_continue = false;  ///< hands `Expect: 100-continue` on
  std::string_view upgrade = {};  ///< the protocol that is asked for; empty: none
};

/// Appends the head of an HTTP/1.1 request, as it goes to the upstream. Headers keep their order
/// and their lines; what is for this connection only is left out (RFC 9110, 7.6.1).
void write_upstream_head(std::string& out, const UpstreamRequest& request);

/// What an answer's head for the client is made of.
struct ClientResponse {
  int status;
  std::string_view reason;
  const Headers* headers;  ///< the upstream's
  HeaderEdits edits = {};
  std::span<const Header> own = {};  ///< of the gateway, as for CORS; replace the upstream's
  Framing framing = {};
  std::string_view via = {};      ///< as in ForwardingRules
  std::string_view date = {};     ///< if the upstream sent none (RFC 9110, 6.6.1)
  std::string_view upgrade = {};  ///< of a 101
  bool is_old_client = false;     ///< HTTP/1.0, which must be told of keep-alive
  bool keep_alive = true;
};

/// Appends the head of an answer, as it goes to the client. Without a body, as to HEAD or with 304,
/// the upstream's content-length is handed on.
void write_client_head(std::string& out, const ClientResponse& response);

/// What is done to the headers of a request, for the trailers behind it: a server may take them for
/// headers, so nothing gets in by this door that does not by the other.
struct TrailerRules {
  HeaderEdits edits = {};
  std::span<const ClaimHeader> claims = {};
};

/// Appends trailer lines and the empty line that ends a chunked body, behind the last chunk's
/// "0\r\n". Left out is what must be a header (RFC 9110, 6.5.1), what the gateway sets or removes,
/// and by what proxies tell whom they speak for.
void write_trailers(std::string& out, const Headers& trailers, const TrailerRules& rules = {});

/// "name:80", "[2001:db8::1]:80": the port is always there, as in the first RIG.
[[nodiscard]] std::string host_header(std::string_view host, std::uint16_t port);

/// "for=192.0.2.1;by=10.0.0.1"; IPv6 is in brackets and quotes (RFC 7239, 6).
void append_forwarded(std::string& out, std::string_view client_ip, std::string_view gateway_ip);

/// "1.1 rig": by what version a message came, and to whom (RFC 9110, 7.6.3).
void append_via(std::string& out, int version, std::string_view name);

/// The protocol of a request to upgrade (RFC 9110, 7.8): both `Upgrade` and `Connection` say so.
/// Empty: none.
[[nodiscard]] std::string_view requested_upgrade(const Headers& headers);

}  // namespace rig::proxy

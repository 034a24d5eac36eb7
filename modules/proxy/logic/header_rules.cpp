#include "logic/header_rules.hpp"

#include "logic/body_reader.hpp"
#include "logic/definition_syntax.hpp"
#include "logic/header_filter.hpp"
#include "logic/http_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace rig::proxy {
namespace {

/// By which a proxy tells whom it speaks for, and what a trace is called.
bool is_of_proxies(std::string_view name) noexcept {
  constexpr std::string_view kForwarded = "x-forwarded-";
  constexpr std::array<std::string_view, 5> kNames = {"via", "x-real-ip", "x-request-id",
                                                      "traceparent", "tracestate"};
  return iequals(name.substr(0, kForwarded.size()), kForwarded) ||
         std::ranges::any_of(kNames, [&](std::string_view one) { return iequals(name, one); });
}

void append_edits(std::string& out, const HeaderEdits& edits) {
  for (const auto& header : edits.set) {
    if (!is_gateways_own(header.name)) append_header(out, header.name, header.value);
  }
  for (const auto& header : edits.add) {
    // A second Host would be refused.
    if (!is_gateways_own(header.name) && !iequals(header.name, "host"))
      append_header(out, header.name, header.value);
  }
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number);
  out.append(std::begin(digits), end.ptr);
}

void append_length(std::string& out, std::uint64_t length) {
  out.append("content-length: ");
  append_number(out, length);
  out.append("\r\n");
}

void append_ip(std::string& out, std::string_view ip) {
  const bool is_v6 = ip.find(':') != std::string_view::npos;
  out.append(is_v6 ? "\"[" : "").append(ip).append(is_v6 ? "]\"" : "");
}

/// One request head being written.
class RequestHead {
 public:
  RequestHead(std::string& out, const UpstreamRequest& request)
      : out_(out), request_(request), rules_(*request.forwarding), hop_(*request.headers) {}

  void write() {
    out_.append(request_.method).append(" ").append(request_.target).append(" HTTP/1.1\r\n");
    const auto& edits = request_.edits;
    // `remove` is not for what HTTP needs: there is one Host in any case.
    if (!is_in(edits.set, "host")) append_header(out_, "host", request_.host);
    for (std::size_t i = 0; i < request_.headers->size(); ++i) {
      const auto [name, value] = (*request_.headers)[i];
      if (is_handed_on(name)) append_header(out_, name, value);
    }
    append_edits(out_, edits);
    for (const auto& claim : request_.claims) {
      if (claim.has_value && is_field_value(claim.value) && !is_gateways_own(claim.name))
        append_header(out_, claim.name, claim.value);
    }
    write_forwarding();
    write_trace();
    write_framing();
    out_.append("\r\n");
  }

 private:
  /// An edit has the last word on what the gateway would write of itself.
  [[nodiscard]] bool is_mine(std::string_view name) const noexcept {
    return is_left(request_.edits, name) && !is_in(request_.edits.add, name);
  }

  /// The headers that are written elsewhere, instead of the client's.
  [[nodiscard]] bool is_rewritten(std::string_view name) const noexcept {
    const bool has_trace = !request_.traceparent.empty();
    switch (name.size()) {
      case 3: return iequals(name, "via") && !rules_.via.empty();
      case 4: return iequals(name, "host");
      case 6: return iequals(name, "expect");
      case 9: return iequals(name, "forwarded") && rules_.forwarded != ForwardingMode::kPass;
      case 10: return iequals(name, "tracestate") && has_trace;
      case 11: return iequals(name, "traceparent") && has_trace;
      case 14: return iequals(name, "content-length");
      case 15:
        return iequals(name, "x-forwarded-for") && rules_.x_forwarded != ForwardingMode::kPass;
      case 16:
        return iequals(name, "x-forwarded-host") && rules_.x_forwarded != ForwardingMode::kPass;
      case 17:
        return iequals(name, "x-forwarded-proto") && rules_.x_forwarded != ForwardingMode::kPass;
      default: return false;
    }
  }

  [[nodiscard]] bool is_handed_on(std::string_view name) const {
    const bool is_plain = name.find('_') == std::string_view::npos;
    return is_handed_on_as(name) && (is_plain || is_handed_on_as(with_hyphens(name)));
  }
  [[nodiscard]] bool is_handed_on_as(std::string_view name) const noexcept {
    return !is_rewritten(name) && !hop_.contains(name) && is_left(request_.edits, name) &&
           !is_claim(request_.claims, name);
  }

  void write_forwarding() {
    if (rules_.forwarded != ForwardingMode::kPass && is_mine("forwarded")) {
      out_.append("forwarded: ").append(client_list("forwarded", rules_.forwarded));
      append_forwarded(out_, request_.client_ip, request_.gateway_ip);
      out_.append("\r\n");
    }
    if (rules_.x_forwarded != ForwardingMode::kPass) {
      if (is_mine("x-forwarded-for")) {
        out_.append("x-forwarded-for: ").append(client_list("x-forwarded-for", rules_.x_forwarded));
        out_.append(request_.client_ip).append("\r\n");
      }
      write_unless_known("x-forwarded-proto", request_.scheme);
      write_unless_known("x-forwarded-host", request_.client_host);
    }
    if (!rules_.via.empty() && is_mine("via")) {
      out_.append("via: ").append(client_list("via", ForwardingMode::kAppend));
      append_via(out_, request_.version, rules_.via);
      out_.append("\r\n");
    }
  }

  /// What the new item stands behind.
  std::string client_list(std::string_view name, ForwardingMode mode) const {
    if (mode != ForwardingMode::kAppend) return {};
    auto list = list_of(*request_.headers, name);
    if (!list.empty()) list += ", ";
    return list;
  }

  void write_unless_known(std::string_view name, std::string_view value) {
    if (!is_mine(name)) return;
    std::string known;
    if (rules_.x_forwarded == ForwardingMode::kAppend) known = list_of(*request_.headers, name);
    append_header(out_, name, known.empty() ? value : std::string_view(known));
  }

  void write_trace() {
    if (request_.traceparent.empty()) return;
    if (is_mine("traceparent")) append_header(out_, "traceparent", request_.traceparent);
    if (!request_.tracestate.empty() && is_mine("tracestate"))
      append_header(out_, "tracestate", request_.tracestate);
  }

  void write_framing() {
    if (request_.framing.kind == Framing::Kind::kChunked)
      append_header(out_, "transfer-encoding", "chunked");
    else if (request_.framing.kind == Framing::Kind::kLength || request_.has_length)
      append_length(out_, request_.framing.length);
    if (request_.expects_continue) append_header(out_, "expect", "100-continue");
    // What stands in these must be named by `Connection` (RFC 9110, 7.8 and 10.1.4).
    if (!request_.upgrade.empty()) {
      append_header(out_, "connection", hop_.accepts_trailers() ? "upgrade, te" : "upgrade");
      append_header(out_, "upgrade", request_.upgrade);
    } else if (hop_.accepts_trailers()) {
      append_header(out_, "connection", "te");
    }
    if (hop_.accepts_trailers()) append_header(out_, "te", "trailers");
  }

  std::string& out_;
  const UpstreamRequest& request_;
  const ForwardingRules& rules_;
  HopByHop hop_;
};

void append_status_line(std::string& out, int status, std::string_view reason) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(reason).append("\r\n");
}

void append_connection(std::string& out, const ClientResponse& response) {
  if (!response.upgrade.empty()) {
    append_header(out, "connection", "upgrade");
    append_header(out, "upgrade", response.upgrade);
  } else if (!response.keep_alive) {
    append_header(out, "connection", "close");
  } else if (response.is_old_client) {
    append_header(out, "connection", "keep-alive");
  }
}

}  // namespace

void write_upstream_head(std::string& out, const UpstreamRequest& request) {
  RequestHead(out, request).write();
}

void write_client_head(std::string& out, const ClientResponse& response) {
  append_status_line(out, response.status, response.reason);
  const HopByHop hop(*response.headers);
  // The length of a body that is not sent is of use to the client; any other is written below. An
  // answer without content has none (RFC 9110, 8.6).
  const bool has_length = response.framing.kind == Framing::Kind::kNone && response.status >= 200 &&
                          response.status != 204;
  bool has_date = is_in(response.own, "date");
  for (std::size_t i = 0; i < response.headers->size(); ++i) {
    const auto [name, value] = (*response.headers)[i];
    if (iequals(name, "content-length") ? !has_length : hop.contains(name)) continue;
    if (!is_left(response.edits, name) || is_in(response.own, name)) continue;
    if (iequals(name, "via") && !response.via.empty()) continue;
    has_date = has_date || iequals(name, "date");
    append_header(out, name, value);
  }
  append_edits(out, response.edits);
  for (const auto& header : response.own) append_header(out, header.name, header.value);
  if (!response.via.empty()) {
    auto list = list_of(*response.headers, "via");
    if (!list.empty()) list += ", ";
    append_header(out, "via", list.append("1.1 ").append(response.via));
  }
  if (!has_date && !response.date.empty()) append_header(out, "date", response.date);
  if (response.framing.kind == Framing::Kind::kLength) append_length(out, response.framing.length);
  if (response.framing.kind == Framing::Kind::kChunked)
    append_header(out, "transfer-encoding", "chunked");
  append_connection(out, response);
  out.append("\r\n");
}

void write_trailers(std::string& out, const Headers& trailers, const TrailerRules& rules) {
  for (std::size_t i = 0; i < trailers.size(); ++i) {
    const auto [name, value] = trailers[i];
    const auto plain = with_hyphens(name);
    if (is_forbidden_trailer(plain) || is_of_proxies(plain)) continue;
    if (!is_left(rules.edits, plain) || is_claim(rules.claims, plain)) continue;
    append_header(out, name, value);
  }
  out.append("\r\n");
}

std::string host_header(std::string_view host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  std::string text(is_v6 ? "[" : "");
  text.append(host).append(is_v6 ? "]:" : ":").append(std::to_string(port));
  return text;
}

void append_forwarded(std::string& out, std::string_view client_ip, std::string_view gateway_ip) {
  out.append("for=");
  append_ip(out, client_ip);
  out.append(";by=");
  append_ip(out, gateway_ip);
}

void append_via(std::string& out, int version, std::string_view name) {
  out.append(version < 11 ? "1.0 " : "1.1 ").append(name);
}

std::string_view requested_upgrade(const Headers& headers) {
  std::string_view protocol;
  bool is_named = false;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    auto [name, value] = headers[i];
    if (iequals(name, "upgrade")) protocol = value;
    if (!iequals(name, "connection")) continue;
    while (const auto item = next_item(value)) is_named = is_named || iequals(*item, "upgrade");
  }
  return is_named ? protocol : std::string_view();
}

}  // namespace rig::proxy

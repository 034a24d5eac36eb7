#include "io/relay_rules.hpp"

#include "logic/header_filter.hpp"
#include "logic/http_text.hpp"

#include <string_view>
#include <utility>

namespace rig::proxy {
namespace {

constexpr int kAccepted = 202;
constexpr int kSwitchingProtocols = 101;

transport::HttpResponse without_hops(ResponseHead& head) {
  transport::HttpResponse response;
  response.status = head.status;
  response.reason = std::move(head.reason);
  const HopByHop hops(head.headers);
  const bool has_length = head.framing.kind == Framing::Kind::kLength;
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const auto [name, value] = head.headers[i];
    if (hops.contains(name)) continue;
    if (has_length && iequals(name, "content-length")) continue;  // the transport writes it
    response.headers.add(name, value);
  }
  return response;
}

}  // namespace

std::optional<transport::HttpResponse> RelayRules::relayed(ResponseHead& head) {
  if (awaits_answer_ && head.status == kAccepted) return std::nullopt;
  return without_hops(head);
}

std::optional<transport::HttpResponse> RelayRules::interim(ResponseHead& head) {
  auto response = without_hops(head);
  // The name of the protocol is for both ends of an upgrade.
  if (const auto protocol = head.headers.find("upgrade");
      protocol && head.status == kSwitchingProtocols)
    response.headers.add("upgrade", *protocol);
  return response;
}

}  // namespace rig::proxy

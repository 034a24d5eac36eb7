#include "io/relay_rules.hpp"

#include "logic/header_filter.hpp"
#include "logic/header_transforms.hpp"
#include "logic/http_text.hpp"

#include <string>
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

transport::HttpResponse RelayRules::final_one(ResponseHead& head) const {
  auto response = without_hops(head);
  if (!options_.edits.empty()) edit(response, options_.edits);
  if (!options_.via.empty()) {
    std::string via;
    append_via(via, head.version, options_.via);
    response.headers.add("via", via);
  }
  return response;
}

std::optional<transport::HttpResponse> RelayRules::relayed(ResponseHead& head) {
  if (options_.awaits_answer && head.status == kAccepted) return std::nullopt;
  return final_one(head);
}

std::optional<transport::HttpResponse> RelayRules::interim(ResponseHead& head) {
  if (head.status != kSwitchingProtocols) {
    auto response = without_hops(head);
    if (!options_.edits.remove.empty()) edit(response, {.remove = options_.edits.remove});
    return response;
  }
  auto response = final_one(head);
  // The name of the protocol is for both ends of an upgrade.
  if (const auto protocol = head.headers.find("upgrade"))
    response.headers.add("upgrade", *protocol);
  return response;
}

/// What an edit removes or sets among the headers must not come behind the body instead.
Headers RelayRules::trailers(const Headers& sent) {
  Headers trailers;
  for (std::size_t i = 0; options_.takes_trailers && i < sent.size(); ++i) {
    const auto [name, value] = sent[i];
    if (is_left(options_.edits, name)) trailers.add(name, value);
  }
  return trailers;
}

}  // namespace rig::proxy

#include "logic/request_event.hpp"

#include "logic/json_object.hpp"

#include <rig/cloudevents/codec.hpp>

#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

namespace rig::proxy {
namespace {

using cloudevents::quote_json;

constexpr std::string_view kRig = "rig";
constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";
constexpr std::size_t kFactsBytes = 1024;  // about what `rig` takes

constexpr std::string_view kUsage =
    "\n\n# Usage\n\n"
    "The body is a CloudEvent in JSON: an object with the member specversion. The string in "
    "rig.target_partition, if there is one, is the partition key of brokers that have partitions: "
    "events with the same key keep their order. All else in rig is replaced.\n";

struct Authority {
  std::string_view host;
  std::uint16_t port;
};

/// An IPv6 address stays in its brackets. A port that is none counts as absent.
Authority authority_of(std::string_view text, std::string_view scheme) noexcept {
  const std::uint16_t usual = scheme == "https" ? 443 : 80;
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(']', colon) != std::string_view::npos)
    return {text, usual};
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_port = error == std::errc() && end == digits.data() + digits.size();
  return {text.substr(0, colon), is_port ? port : usual};
}

using Key = std::optional<std::string>;

/// What the client asks for in its own `rig`; the last one of equal names counts, as for most
/// readers.
boost::system::result<Key, BadEvent> partition_key_in(std::string_view rig) {
  auto members = JsonObject::parse(rig);
  if (!members) return Key();
  std::string_view key;
  while (const auto member = members->next()) {
    if (member->name == "target_partition") key = member->value;
  }
  if (key.empty() || key == "null" || key == "\"\"") return Key();
  if (!key.starts_with('"')) return BadEvent{BadEvent::Kind::kPartitionKey};
  return Key(unquoted(key));
}

bool is_trace(std::string_view name) noexcept {
  return name == kTraceparent || name == kTracestate;
}

void append_text(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":").append(quote_json(value));
}

void append_facts(std::string& out, const RequestFacts& facts) {
  const auto [host, port] = authority_of(facts.host, facts.scheme);
  out.append("\"rig\":{\"correlation\":").append(quote_json(facts.correlation));
  append_text(out, "remoteip", facts.remote_ip);
  append_text(out, "scheme", facts.scheme);
  append_text(out, "host", host);
  out.append(",\"port\":").append(std::to_string(port));
  append_text(out, "method", facts.method);
  append_text(out, "path", facts.path);
  append_text(out, "query", facts.query);
  out.append(",\"headers\":[");
  for (const auto& [name, value] : facts.headers) {
    if (!out.ends_with('[')) out += ',';
    out.append("[").append(quote_json(name)).append(",").append(quote_json(value)).append("]");
  }
  out.append("]}");
}

}  // namespace

boost::system::result<RequestEvent, BadEvent> make_request_event(std::string_view body,
                                                                 const RequestFacts& facts) {
  auto members = JsonObject::parse(body);
  if (!members) {
    const auto& fault = members.error();
    if (fault.is_json) return BadEvent{BadEvent::Kind::kNotEvent};
    return BadEvent{BadEvent::Kind::kNotJson, fault.reason};
  }
  const bool has_trace = !facts.traceparent.empty();
  bool is_event = false;
  std::string_view rig;  // the client's own
  RequestEvent event{.text = "{", .partition_key = {}};
  event.text.reserve(body.size() + kFactsBytes);
  while (const auto member = members->next()) {
    is_event = is_event || member->name == "specversion";
    if (member->name == kRig) {
      rig = member->value;
    } else if (!has_trace || !is_trace(member->name)) {
      event.text.append(member->text).append(",");
    }
  }
  if (!is_event) return BadEvent{BadEvent::Kind::kNotEvent};
  if (!rig.empty()) {
    auto key = partition_key_in(rig);
    if (!key) return key.error();
    event.partition_key = *std::move(key);
  }
  append_facts(event.text, facts);
  if (has_trace) append_text(event.text, kTraceparent, facts.traceparent);
  if (has_trace && !facts.tracestate.empty())
    append_text(event.text, kTracestate, facts.tracestate);
  event.text += '}';
  return event;
}

std::string refusal_text(const BadEvent& bad, Target target) {
  std::string text = "Bad request: ";
  switch (bad.kind) {
    case BadEvent::Kind::kNotJson:
      if (target == Target::kNats) {
        text.append("The body is not JSON encoded (").append(bad.reason).append(").");
      } else {
        text += "expected a JSON encoded request body.";
      }
      break;
    case BadEvent::Kind::kNotEvent:
      text += target == Target::kNats
                  ? "The body is a valid JSON object but does not look like a CloudEvent."
                  : "the body does not look like a CloudEvent.";
      break;
    case BadEvent::Kind::kPartitionKey: text += "rig.target_partition must be a string."; break;
  }
  return text.append(kUsage);
}

}  // namespace rig::proxy

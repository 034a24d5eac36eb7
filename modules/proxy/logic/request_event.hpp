#pragma once

#include <rig/proxy/api_definition.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rig::proxy {

/// What an event for a broker says about the request that it came with, in its member `rig`. All
/// views outlive the call.
struct RequestFacts {
  std::string_view correlation;  ///< by which the answer finds the client
  std::string_view remote_ip;
  std::string_view scheme;  ///< "http" or "https"
  std::string_view host;    ///< as in the Host header, with its port if it has one
  std::string_view method;
  std::string_view path;  ///< rewritten
  std::string_view query;
  std::span<const Header> headers;
  /// The trace that the request belongs to, for a member of that name each; empty: the event keeps
  /// what it has.
  std::string_view traceparent = {};
  std::string_view tracestate = {};
};

/// A request, ready for its broker.
struct RequestEvent {
  std::string text;                          ///< JSON
  std::optional<std::string> partition_key;  ///< the client's `rig.target_partition`
};

/// Why a body cannot be published.
struct BadEvent {
  enum class Kind : std::uint8_t {
    kNotJson,
    kNotEvent,      ///< JSON, but no object or without `specversion`
    kPartitionKey,  ///< `rig.target_partition` is no string
  };
  Kind kind = Kind::kNotJson;
  std::string reason = {};  ///< of kNotJson, in a few words; it repeats nothing of the body
};

/// The event in `body`, its member `rig` replaced by what is known about the request (`proxy.md`
/// 5.1). All other members stay as they are written.
[[nodiscard]] boost::system::result<RequestEvent, BadEvent> make_request_event(
    std::string_view body, const RequestFacts& facts);

/// What the client is told; the first line is the first RIG's.
[[nodiscard]] std::string refusal_text(const BadEvent& bad, Target target);

}  // namespace rig::proxy

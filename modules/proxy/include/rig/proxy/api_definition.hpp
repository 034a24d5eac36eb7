#pragma once

#include <rig/access/required_claim.hpp>
#include <rig/proxy/route_rules.hpp>
#include <rig/proxy/target_rules.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// Where the requests of an endpoint go.
enum class Target : std::uint8_t { kHttp, kKafka, kKinesis, kNats };

/// Who gives the answer that the client waits for. `kHttp` with another target than `kHttp` is
/// nobody: the client gets 202.
enum class ResponseFrom : std::uint8_t { kHttp, kHttpAsync, kKafka, kNats };

[[nodiscard]] std::string_view name_of(Target target) noexcept;
[[nodiscard]] std::string_view name_of(ResponseFrom response_from) noexcept;

/// A header as it is configured; the name is a token, the value a field value (RFC 9110, 5).
struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

/// What is done to headers on their way. Names count in any case.
struct HeaderTransforms {
  std::vector<std::string> remove;  ///< `remove_headers`
  std::vector<Header> add;          ///< `add_headers`: each replaces those of its name
  std::vector<Header> append;       ///< `append_headers`: each is one line more
};

/// A target as it is configured: nothing is resolved.
struct ProxyTarget {
  std::string target_url;  ///< a host or an http(s) URL; with `use_env` the name of a variable
  std::uint16_t port = 0;
  bool use_env = false;
};

/// Where the tokens of a request are looked for; defaults are filled in.
struct AuthRules {
  bool is_jwt = false;  ///< false: no token is looked at
  bool use_header = false;
  std::string header_name;
  bool use_query = false;
  std::string query_name;
};

struct Endpoint {
  std::string id;
  std::string method;  ///< upper case
  /// One of the two is set: a regular expression, or a path with `{name}` for a segment.
  std::string path_regex;
  std::string path;
  std::string path_replacement;  ///< empty: none
  bool secured = false;
  bool transform_request_headers = false;
  bool transform_response_headers = false;
  access::RequiredClaims required_claims;      ///< of an endpoint that is `secured`
  std::vector<ClaimHeaderRule> claim_headers;  ///< for all headers of that kind of the API
  std::optional<RateLimit> rate_limit;         ///< beside that of the API
  Target target = Target::kHttp;
  std::string topic;   ///< of a target that is no `kHttp`
  std::string schema;  ///< empty: none
  ResponseFrom response_from = ResponseFrom::kHttp;
  Timeouts timeouts;         ///< those of the API where it has none of its own
  boost::json::object json;  ///< as given, unknown members included
};

/// Backends and their endpoints, valid and with all defaults. Immutable once it is in an ApiSet.
struct Api {
  std::string id;
  std::string name;
  ProxyTarget proxy;  ///< empty if there are only `targets`
  Upstream upstream;  ///< the first target
  TargetRules targets;
  AuthRules auth;
  HeaderTransforms request_headers;     ///< for endpoints with `transform_request_headers`
  HeaderTransforms response_headers;    ///< the same with `transform_response_headers`
  std::optional<RateLimit> rate_limit;  ///< of all its endpoints together
  std::vector<Endpoint> endpoints;      ///< of the version `default`; empty if there is none
  bool versioned = false;               ///< stored and listed, but never matched
  bool active = true;
  boost::json::object json;  ///< as given and with defaults, unknown members included
};

/// Why a definition is refused: in what (`"api"`, the API's id, or `"<api id>/<endpoint id>"`),
/// which member, and the rule.
struct DefinitionError {
  std::string key;
  std::string field;
  std::string reason;
  bool operator==(const DefinitionError&) const = default;
};
using DefinitionErrors = std::vector<DefinitionError>;

}  // namespace rig::proxy

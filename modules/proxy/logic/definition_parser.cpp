#include "logic/definition_parser.hpp"

#include "logic/claim_rules.hpp"
#include "logic/definition_check.hpp"
#include "logic/fault_list.hpp"
#include "logic/header_transforms.hpp"
#include "logic/rate_limit_rules.hpp"
#include "logic/target_rules.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;

constexpr std::string_view kJwt = "jwt";

void upper_case_methods(json::object& version) {
  auto* endpoints = version.if_contains("endpoints");
  if (endpoints == nullptr || !endpoints->is_array()) return;
  for (auto& endpoint : endpoints->get_array()) {
    auto* object = endpoint.if_object();
    auto* method = object == nullptr ? nullptr : object->if_contains("method");
    if (method == nullptr || !method->is_string()) continue;
    for (char& c : method->get_string()) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
  }
}

/// Sets a member that is absent or null.
void fill(json::object& object, std::string_view name, const json::value& value) {
  if (member(object, name) == nullptr) object[name] = value;
}

void fill_auth(json::object& auth, bool is_jwt) {
  fill(auth, "use_header", is_jwt);
  if (is_jwt && is_true(auth, "use_header") && text_of(auth, "header_name").empty())
    auth["header_name"] = "Authorization";
  fill(auth, "header_name", "");
  fill(auth, "use_query", false);
  fill(auth, "query_name", "");
}

json::object with_defaults(json::object definition) {
  fill(definition, "auth_type", "none");
  fill(definition, "auth", json::object());
  fill_auth(definition["auth"].get_object(), text_of(definition, "auth_type") == kJwt);
  fill(definition, "versioned", false);
  fill(definition, "active", true);
  return definition;
}

std::string string_of(const json::object& object, std::string_view name) {
  return std::string(text_of(object, name));
}

Target target_of(const json::object& endpoint) {
  const auto name = text_of(endpoint, "target");
  for (const auto target : {Target::kKafka, Target::kKinesis, Target::kNats}) {
    if (name == name_of(target)) return target;
  }
  return Target::kHttp;
}

ResponseFrom response_from_of(const json::object& endpoint) {
  const auto name = text_of(endpoint, "response_from");
  for (const auto from : {ResponseFrom::kHttpAsync, ResponseFrom::kKafka, ResponseFrom::kNats}) {
    if (name == name_of(from)) return from;
  }
  return ResponseFrom::kHttp;
}

Endpoint read_endpoint(const json::object& object, const Timeouts& timeouts) {
  Endpoint endpoint;
  endpoint.id = string_of(object, "id");
  endpoint.method = string_of(object, "method");
  endpoint.path_regex = string_of(object, "path_regex");
  if (endpoint.path_regex.empty()) endpoint.path = string_of(object, "path");
  endpoint.path_replacement = string_of(object, "path_replacement");
  endpoint.secured = is_true(object, "secured");
  endpoint.transform_request_headers = is_true(object, "transform_request_headers");
  endpoint.transform_response_headers = is_true(object, "transform_response_headers");
  endpoint.target = target_of(object);
  endpoint.topic = string_of(object, "topic");
  endpoint.schema = string_of(object, "schema");
  endpoint.response_from = response_from_of(object);
  endpoint.timeouts = read_timeouts(object, timeouts);
  endpoint.json = object;
  return endpoint;
}

/// What is asked of a request before it is served, and what becomes of the token's claims.
void read_rules(const json::object& definition, const json::object& object, Endpoint& endpoint) {
  endpoint.required_claims = read_required_claims(object);
  endpoint.claim_headers = read_claim_headers(definition, object, endpoint.secured);
  endpoint.rate_limit =
      read_rate_limit(object, string_of(definition, "id") + "/" + string_of(object, "id"));
}

void read_version(const json::object& definition, Api& api) {
  const auto* value = member(definition.at("version_data").get_object(), "default");
  if (value == nullptr) return;
  const auto& version = value->get_object();
  api.request_headers = read_header_transforms(version, Way::kRequest);
  api.response_headers = read_header_transforms(version, Way::kResponse);
  for (const auto& endpoint : version.at("endpoints").get_array()) {
    api.endpoints.push_back(read_endpoint(endpoint.get_object(), api.targets.timeouts));
    read_rules(definition, endpoint.get_object(), api.endpoints.back());
  }
}

AuthRules read_auth(const json::object& definition) {
  const auto& auth = definition.at("auth").get_object();
  AuthRules rules;
  rules.is_jwt = text_of(definition, "auth_type") == kJwt;
  rules.use_header = is_true(auth, "use_header");
  rules.header_name = string_of(auth, "header_name");
  rules.use_query = is_true(auth, "use_query");
  rules.query_name = string_of(auth, "query_name");
  return rules;
}

ProxyTarget read_proxy(const json::object& proxy) {
  if (!is_target_itself(proxy)) return {};
  return {string_of(proxy, "target_url"), static_cast<std::uint16_t>(proxy.at("port").get_int64()),
          is_true(proxy, "use_env")};
}

/// Of a definition that was checked.
Api read_api(json::object definition, const DefinitionRules& rules) {
  Api api;
  api.id = string_of(definition, "id");
  api.name = string_of(definition, "name");
  const auto& proxy = definition.at("proxy").get_object();
  api.proxy = read_proxy(proxy);
  api.targets = read_target_rules(proxy, rules);
  api.upstream = api.targets.targets.front().upstream;
  api.auth = read_auth(definition);
  api.rate_limit = read_rate_limit(definition, api.id);
  read_version(definition, api);
  api.versioned = is_true(definition, "versioned");
  api.active = is_true(definition, "active");
  api.json = std::move(definition);
  return api;
}

}  // namespace

boost::system::result<Api, DefinitionErrors> parse_definition(const json::value& definition,
                                                              const DefinitionRules& rules) {
  auto errors = check_definition(definition, rules);
  if (!errors.empty()) return errors;
  return read_api(with_defaults(as_kept(definition.get_object())), rules);
}

json::object as_kept(json::object definition) {
  for (const auto* name : {"ref_number", "timestamp", "node_name", "phx_ref", "phx_ref_prev"})
    definition.erase(name);
  auto* versions = definition.if_contains("version_data");
  if (versions == nullptr || !versions->is_object()) return definition;
  for (auto& [name, version] : versions->get_object()) {
    if (auto* object = version.if_object()) upper_case_methods(*object);
  }
  return definition;
}

}  // namespace rig::proxy

#include "logic/definition_check.hpp"

#include "logic/claim_rules.hpp"
#include "logic/endpoint_check.hpp"
#include "logic/fault_list.hpp"
#include "logic/header_transforms.hpp"
#include "logic/rate_limit_rules.hpp"
#include "logic/target_rules.hpp"

#include <rig/core/field_syntax.hpp>

#include <set>
#include <string>

namespace rig::proxy {
namespace {

namespace json = boost::json;

std::string_view view(const json::string_view& text) { return {text.data(), text.size()}; }

void check_proxy(const json::object& definition, const DefinitionRules& rules,
                 const FaultList& faults) {
  const auto* value = member(definition, "proxy");
  if (value == nullptr) return faults.add("proxy", kMustBePresent);
  const auto* proxy = value->if_object();
  if (proxy == nullptr) return faults.add("proxy", kMustBeObject);
  if (proxy->empty()) faults.add("proxy", kMustBePresent);
  check_proxy_members(*proxy, rules, faults);
}

void check_versions(const json::object& definition, const FaultList& faults) {
  const auto* value = member(definition, "version_data");
  if (value == nullptr) return faults.add("version_data", kMustBePresent);
  const auto* versions = value->if_object();
  if (versions == nullptr) return faults.add("version_data", kMustBeObject);
  if (versions->empty()) {
    faults.add("version_data", kMustBePresent);
    faults.add("version_data", "must have at least one version, e.g. default");
  }
  for (const auto& [name, version] : *versions) {
    if (!version.is_object()) {
      faults.add(view(name), kMustBeObject);
      continue;
    }
    const auto* endpoints = version.get_object().if_contains("endpoints");
    if (endpoints == nullptr || !endpoints->is_array()) faults.add("endpoints", "must be list");
  }
}

/// `use_header` with `header_name`, or the same for the query. Version 3 took whatever is not false
/// for true.
void check_token_place(const json::object& auth, std::string_view use, std::string_view name,
                       const FaultList& faults) {
  const auto* used = member(auth, use);
  const bool is_used = used != nullptr && !(used->is_bool() && !used->get_bool());
  const auto* value = member(auth, name);
  const bool has_name = value != nullptr && !(value->is_string() && value->get_string().empty());
  if (is_used && !has_name) faults.add(name, kMustBePresent);
}

void check_auth(const json::object& definition, const DefinitionRules& rules,
                const FaultList& faults) {
  faults.allow_text(definition, "auth_type");
  const auto* value = member(definition, "auth");
  if (value == nullptr) return;
  const auto* auth = value->if_object();
  if (auth == nullptr) return faults.add("auth", kMustBeObject);
  check_token_place(*auth, "use_header", "header_name", faults);
  check_token_place(*auth, "use_query", "query_name", faults);
  const bool is_used = is_true(*auth, "use_header") || is_true(*auth, "use_query");
  if (is_used && !rules.is_merged && text_of(definition, "auth_type") != "jwt")
    faults.add("auth_type", kMustBeJwt);
  for (const auto* use : {"use_header", "use_query"}) faults.allow_boolean(*auth, use);
  for (const auto* name : {"header_name", "query_name"}) faults.allow_text(*auth, name);
  const auto header_name = text_of(*auth, "header_name");
  if (!header_name.empty() && !is_token(header_name))
    faults.add("header_name", "must be the name of a header");
}

class EndpointChecks {
 public:
  EndpointChecks(const json::object& definition, const DefinitionRules& rules,
                 DefinitionErrors& errors)
      : api_id_(text_of(definition, "id")),
        rules_{text_of(definition, "auth_type") == "jwt", rules.has_keys},
        errors_(errors) {}

  void run(const json::array& endpoints) {
    for (const auto& endpoint : endpoints) {
      if (const auto* object = endpoint.if_object()) {
        check(*object);
      } else {
        FaultList(errors_, "api").add("endpoints", "must be list of objects");
      }
    }
  }

 private:
  void check(const json::object& endpoint) {
    const std::string id(text_of(endpoint, "id"));
    const FaultList faults(errors_, api_id_ + "/" + id);
    check_endpoint(endpoint, rules_, faults);
    if (!id.empty() && !ids_.insert(id).second)
      faults.add("id", "must not be that of another endpoint");
  }

  std::string api_id_;
  EndpointRules rules_;
  DefinitionErrors& errors_;
  std::set<std::string, std::less<>> ids_;
};

/// Only this version is ever served.
const json::object* default_version(const json::object& definition) {
  const auto* versions = member(definition, "version_data");
  if (versions == nullptr || !versions->is_object()) return nullptr;
  const auto* version = member(versions->get_object(), "default");
  return version == nullptr ? nullptr : version->if_object();
}

}  // namespace

DefinitionErrors check_definition(const json::value& value, const DefinitionRules& rules) {
  DefinitionErrors errors;
  const FaultList api(errors, "api");
  const auto* definition = value.if_object();
  if (definition == nullptr) {
    api.add("api", kMustBeObject);
    return errors;
  }
  api.require_text(*definition, "id");
  api.require_text(*definition, "name");
  check_proxy(*definition, rules, api);
  check_versions(*definition, api);
  for (const auto* name : {"versioned", "active"}) api.allow_boolean(*definition, name);
  const FaultList of_api(errors, std::string(text_of(*definition, "id")));
  check_auth(*definition, rules, of_api);
  const bool has_tokens = text_of(*definition, "auth_type") == "jwt";
  check_rate_limit(*definition, has_tokens, of_api);
  check_claim_headers(*definition, has_tokens, of_api);
  if (const auto* version = default_version(*definition)) {
    const auto claims = claim_header_names(*definition);
    check_header_transforms(*version, Way::kRequest, claims, api);
    check_header_transforms(*version, Way::kResponse, claims, api);
    const auto* endpoints = member(*version, "endpoints");
    if (endpoints != nullptr && endpoints->is_array())
      EndpointChecks(*definition, rules, errors).run(endpoints->get_array());
  }
  return errors;
}

}  // namespace rig::proxy

#include "logic/claim_rules.hpp"

#include "logic/claim_path.hpp"
#include "logic/definition_syntax.hpp"
#include "logic/header_filter.hpp"

#include <rig/core/field_syntax.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;

constexpr std::string_view kClaimHeaders = "claim_headers";
constexpr std::string_view kRequiredClaims = "required_claims";

std::string_view view(const json::string_view& text) { return {text.data(), text.size()}; }
std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

const json::object* object_of(const json::object& object, std::string_view name) {
  const auto* value = member(object, name);
  return value == nullptr ? nullptr : value->if_object();
}

const json::array* endpoints_of(const json::object& definition) {
  const auto* versions = object_of(definition, "version_data");
  const auto* version = versions == nullptr ? nullptr : object_of(*versions, "default");
  const auto* endpoints = version == nullptr ? nullptr : member(*version, "endpoints");
  return endpoints == nullptr ? nullptr : endpoints->if_array();
}

/// A text or a number, as a claim is compared with it.
std::optional<std::string> wanted_text(const json::value& value) {
  if (const auto* text = value.if_string()) {
    if (text->empty()) return std::nullopt;
    return std::string(text->data(), text->size());
  }
  if (value.is_number() || value.is_bool()) return json::serialize(value);
  return std::nullopt;
}

std::vector<const json::value*> wanted_values(const json::value& value) {
  std::vector<const json::value*> values;
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) values.push_back(&item);
  } else {
    values.push_back(&value);
  }
  return values;
}

void add_names(std::vector<std::string>& names, const json::object& of) {
  const auto* headers = object_of(of, kClaimHeaders);
  if (headers == nullptr) return;
  for (const auto& [key, claim] : *headers) {
    const bool is_known = std::ranges::any_of(
        names, [&](const std::string& name) { return is_same_spelling(name, view(key)); });
    if (!is_known) names.emplace_back(view(key));
  }
}

/// The claim of a header by this object's `claim_headers`.
std::optional<ClaimPath> claim_of(const json::object& of, std::string_view header) {
  const auto* headers = object_of(of, kClaimHeaders);
  if (headers == nullptr) return std::nullopt;
  for (const auto& [key, claim] : *headers) {
    if (is_same_spelling(header, view(key))) return parse_claim_path(view(claim.get_string()));
  }
  return std::nullopt;
}

/// Nothing: it is none.
std::optional<std::string> header_text(const json::value& claim) {
  const auto* text = claim.if_string();
  if (text == nullptr) return json::serialize(claim);  // what is no value is escaped there
  if (!is_field_value({text->data(), text->size()})) return std::nullopt;
  return std::string(text->data(), text->size());
}

}  // namespace

void check_claim_headers(const json::object& of, bool has_tokens, const FaultList& faults) {
  const auto* value = member(of, kClaimHeaders);
  if (value == nullptr) return;
  const auto* headers = value->if_object();
  if (headers == nullptr) return faults.add(kClaimHeaders, kMustBeObject);
  if (!has_tokens) faults.add(kClaimHeaders, "must not be there where no token is asked for");
  std::vector<std::string> names;
  for (const auto& [key, claim] : *headers) {
    const auto name = quoted(view(key));
    if (!is_token(view(key)) || is_gateways_own(view(key)) || is_same_spelling(view(key), "host"))
      faults.add(kClaimHeaders, "must have names of headers that can be set, not " + name);
    if (std::ranges::any_of(
            names, [&](const std::string& other) { return is_same_spelling(other, view(key)); }))
      faults.add(kClaimHeaders, "must not have " + name + " twice, in whatever spelling");
    names.emplace_back(view(key));
    if (!claim.is_string() || !parse_claim_path(view(claim.get_string())))
      faults.add(kClaimHeaders, "must have names of claims or JSON pointers, also for " + name);
  }
}

void check_required_claims(const json::object& endpoint, bool is_secured, const FaultList& faults) {
  const auto* value = member(endpoint, kRequiredClaims);
  if (value == nullptr) return;
  const auto* claims = value->if_object();
  if (claims == nullptr) return faults.add(kRequiredClaims, kMustBeObject);
  if (!is_secured) faults.add(kRequiredClaims, "must not be there unless secured is true");
  for (const auto& [key, wanted] : *claims) {
    const auto name = quoted(view(key));
    if (!parse_claim_path(view(key)))
      faults.add(kRequiredClaims, "must have names of claims or JSON pointers, not " + name);
    const auto values = wanted_values(wanted);
    const bool is_good = !values.empty() && std::ranges::all_of(values, [](const json::value* one) {
      return wanted_text(*one).has_value();
    });
    if (!is_good)
      faults.add(kRequiredClaims, "must have a text, a number or a list of these for " + name);
  }
}

std::vector<std::string> claim_header_names(const json::object& definition) {
  std::vector<std::string> names;
  add_names(names, definition);
  const auto* endpoints = endpoints_of(definition);
  if (endpoints == nullptr) return names;
  for (const auto& endpoint : *endpoints) {
    if (const auto* object = endpoint.if_object()) add_names(names, *object);
  }
  return names;
}

access::RequiredClaims read_required_claims(const json::object& endpoint) {
  access::RequiredClaims required;
  const auto* claims = object_of(endpoint, kRequiredClaims);
  if (claims == nullptr) return required;
  for (const auto& [key, wanted] : *claims) {
    access::RequiredClaim claim;
    claim.name = view(key);
    claim.pointer = pointer_to(*parse_claim_path(claim.name));
    for (const auto* value : wanted_values(wanted)) claim.any_of.push_back(*wanted_text(*value));
    required.push_back(std::move(claim));
  }
  return required;
}

std::vector<ClaimHeaderRule> read_claim_headers(const json::object& definition,
                                                const json::object& endpoint, bool is_secured) {
  std::vector<ClaimHeaderRule> rules;
  for (auto& name : claim_header_names(definition)) {
    ClaimHeaderRule rule{std::move(name), {}};
    if (is_secured) {
      rule.claim = claim_of(endpoint, rule.header);
      if (!rule.claim) rule.claim = claim_of(definition, rule.header);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

boost::system::result<std::vector<ClaimHeader>, std::string> claim_headers(
    std::span<const ClaimHeaderRule> rules, const json::object* claims) {
  std::vector<ClaimHeader> headers;
  headers.reserve(rules.size());
  for (const auto& rule : rules) {
    auto& header = headers.emplace_back(ClaimHeader{rule.header});
    const auto* claim =
        claims == nullptr || !rule.claim ? nullptr : find_claim(*claims, *rule.claim);
    if (claim == nullptr || claim->is_null()) continue;
    auto text = header_text(*claim);
    if (!text) return rule.claim->name;
    header.has_value = !text->empty();
    header.value = *std::move(text);
  }
  return headers;
}

}  // namespace rig::proxy

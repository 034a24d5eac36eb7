#pragma once

#include "logic/fault_list.hpp"
#include "logic/header_rules.hpp"

#include <rig/access/required_claim.hpp>
#include <rig/proxy/api_definition.hpp>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <span>
#include <string>
#include <vector>

namespace rig::proxy {

/// Notes what is wrong with `claim_headers` of an API or an endpoint. `has_tokens`: its requests
/// may have a token.
void check_claim_headers(const boost::json::object& of, bool has_tokens, const FaultList& faults);
/// The same of `required_claims` of an endpoint.
void check_required_claims(const boost::json::object& endpoint, bool is_secured,
                           const FaultList& faults);

/// The names of the headers that an API's `claim_headers` and those of its endpoints have, as far
/// as they are names; each once.
[[nodiscard]] std::vector<std::string> claim_header_names(const boost::json::object& definition);

/// Of an endpoint that was checked.
[[nodiscard]] access::RequiredClaims read_required_claims(const boost::json::object& endpoint);

/// What an endpoint of an API does with each header by which any endpoint of the API tells a claim:
/// its own rule comes before the API's, and without a token there is none. Both were checked.
[[nodiscard]] std::vector<ClaimHeaderRule> read_claim_headers(const boost::json::object& definition,
                                                              const boost::json::object& endpoint,
                                                              bool is_secured);

/// The headers for a request that a token with these claims let in; null: none was asked for. Or
/// the name of the claim that is no value of a header. Numbers, arrays and objects are written as
/// JSON. The names are views into the rules.
[[nodiscard]] boost::system::result<std::vector<ClaimHeader>, std::string> claim_headers(
    std::span<const ClaimHeaderRule> rules, const boost::json::object* claims);

}  // namespace rig::proxy

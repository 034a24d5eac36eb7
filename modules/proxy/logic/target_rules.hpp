#pragma once

#include "logic/definition_rules.hpp"
#include "logic/fault_list.hpp"

#include <rig/proxy/target_rules.hpp>

#include <boost/json/object.hpp>

namespace rig::proxy {

/// The members of `proxy`: which backends an API has, and how they are used. In the objects among
/// them unknown members are refused, as one that is misspelt would count for nothing.
void check_proxy_members(const boost::json::object& proxy, const DefinitionRules& rules,
                         const FaultList& faults);

/// `timeouts` of an API or an endpoint.
void check_timeouts(const boost::json::object& owner, const FaultList& faults);

/// Whether `target_url` and `port` are a target: without a list of targets, or beside it.
[[nodiscard]] bool is_target_itself(const boost::json::object& proxy);

// Of what was checked.

[[nodiscard]] TargetRules read_target_rules(const boost::json::object& proxy,
                                            const DefinitionRules& rules);
/// What is absent is taken from `otherwise`.
[[nodiscard]] Timeouts read_timeouts(const boost::json::object& owner, Timeouts otherwise = {});

}  // namespace rig::proxy

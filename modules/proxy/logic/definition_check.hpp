#pragma once

#include "logic/definition_rules.hpp"

#include <rig/proxy/api_definition.hpp>

#include <boost/json/value.hpp>

namespace rig::proxy {

/// All rules that a definition breaks, by contract those of version 3 in its order and words, then
/// ours. Empty: it can be read.
[[nodiscard]] DefinitionErrors check_definition(const boost::json::value& definition,
                                                const DefinitionRules& rules);

}  // namespace rig::proxy

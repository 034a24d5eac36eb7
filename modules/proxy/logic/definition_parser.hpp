#pragma once

#include "logic/definition_rules.hpp"

#include <rig/proxy/api_definition.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/result.hpp>

namespace rig::proxy {

/// Checks a definition and reads it, defaults filled in.
[[nodiscard]] boost::system::result<Api, DefinitionErrors> parse_definition(
    const boost::json::value& definition, const DefinitionRules& rules);

/// Without the members that only the gateway writes (`ref_number`, `timestamp`, `node_name`,
/// `phx_ref`, `phx_ref_prev`), and with methods in upper case.
[[nodiscard]] boost::json::object as_kept(boost::json::object definition);

}  // namespace rig::proxy

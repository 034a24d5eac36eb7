#pragma once

#include <rig/proxy/api_definition.hpp>
#include <rig/proxy/api_entry.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// An error for an operator: `API "shop", endpoint "list": method must be string`. A definition
/// without an id is called by its number in its file.
[[nodiscard]] std::string to_sentence(const DefinitionError& error, std::string_view api_id,
                                      std::size_t number);

/// What is given out of an API: its definition with its bookkeeping.
[[nodiscard]] std::string to_json(const Api& api, const ApiEntry& entry);

/// RFC 3339 in UTC with microseconds.
[[nodiscard]] std::string to_text(ApiEntry::Time time);

}  // namespace rig::proxy

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

/// The endpoints whose patterns version 3 compared only with the end of a path, and whose authors
/// have not said by a leading `^` that they mean the whole, as one sentence; empty if there are
/// none.
[[nodiscard]] std::string remark_on_patterns(const Api& api);

/// What is given out of an API: its definition with its bookkeeping.
[[nodiscard]] std::string to_json(const Api& api, const ApiEntry& entry);

/// RFC 3339 in UTC with microseconds.
[[nodiscard]] std::string to_text(ApiEntry::Time time);

}  // namespace rig::proxy

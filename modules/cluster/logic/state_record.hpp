#pragma once

#include <rig/proxy/api_entry.hpp>
#include <rig/sessions/blacklist_entry.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace rig::cluster {

template <class Entry>
using Parsed = boost::system::result<Entry, std::string>;

// What every node knows, as it stands in the maps: JSON. Members that a node does not know it
// passes over. Errors say what is wrong, without repeating anything of the text.

[[nodiscard]] std::string to_text(const sessions::BlacklistEntry& entry);
[[nodiscard]] Parsed<sessions::BlacklistEntry> parse_blacklist_entry(std::string_view text);

[[nodiscard]] std::string to_text(const proxy::ApiEntry& entry);
[[nodiscard]] Parsed<proxy::ApiEntry> parse_api_entry(std::string_view text);

}  // namespace rig::cluster

#pragma once

#include <rig/proxy/api_entry.hpp>
#include <rig/sessions/blacklist_entry.hpp>

#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// What nodes tell each other of what every node knows: a change, or a part of everything. Pages
/// may be taken in any order and more than once.
struct StatePage {
  std::string node;  ///< who says it
  std::vector<sessions::BlacklistEntry> blacklist;
  std::vector<proxy::ApiEntry> apis;
  bool is_last = false;  ///< of an answer to a node that has come
};

/// As JSON. Members that a node does not know it passes over.
[[nodiscard]] std::string to_text(const StatePage& page);
/// The error says what is wrong, without repeating anything of the text.
[[nodiscard]] boost::system::result<StatePage, std::string> parse_page(std::string_view text);

/// All of it in pages of about `bytes_max`, of which each has at least one entry; the last one is
/// marked. One without entries if there is nothing.
[[nodiscard]] std::vector<StatePage> pages_of(StatePage everything, std::size_t bytes_max);

}  // namespace rig::cluster

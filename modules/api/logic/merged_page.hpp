#pragma once

#include <rig/sessions/connection.hpp>

#include <cstddef>
#include <vector>

namespace rig::api {

/// One page of what several nodes have, each of which was asked for a page behind the same session.
/// By session, those of one session oldest first; at least one whole session, and then as many as
/// have not more than `limit` connections together; with the limit 0 everything. What a node may
/// have more of is left for the next page, so nothing is passed over.
[[nodiscard]] sessions::Page merged_page(std::vector<sessions::Page> pages, std::size_t limit);

}  // namespace rig::api

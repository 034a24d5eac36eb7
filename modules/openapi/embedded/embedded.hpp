#pragma once

#include <span>
#include <string_view>

namespace rig::openapi {

/// What the addresses in the description begin with that are those of the clients' port.
inline constexpr std::string_view kClientsUrl = "http://localhost:4000";

/// The OpenAPI description, as JSON.
std::string_view description();

/// A file of the page, as gzip has left it.
struct Asset {
  std::string_view name;  ///< the last segment of its path; empty: the page itself
  std::string_view content_type;
  std::string_view gzipped;
};

/// Empty if the page is not built in.
std::span<const Asset> page();

}  // namespace rig::openapi

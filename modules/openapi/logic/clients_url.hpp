#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rig::openapi {

/// Where clients reach this gateway, seen from who reaches it by this `Host`: the same host, the
/// port of clients. What is no plain host is not repeated; then it is `localhost`.
[[nodiscard]] std::string clients_url(std::string_view host, std::uint16_t inbound_port);

}  // namespace rig::openapi

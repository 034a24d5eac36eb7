#pragma once

#include "io/http_target_config.hpp"

#include <rig/http_client/testing/server.hpp>

#include <functional>
#include <string>

namespace rig::proxy {

using Serve = std::function<void(http_client::Peer&)>;

std::string ok(const std::string& body);
/// Answers each request with the same bytes.
Serve answering(std::string bytes);
/// One answer, after which nothing more comes until the gateway closes.
Serve answering_once(std::string bytes);
/// One answer, and the connection ends.
Serve closing_after(std::string bytes);

/// Gives up silent backends soon.
HttpTargetConfig impatient();

}  // namespace rig::proxy

#pragma once

#include <rig/core/lifecycle.hpp>
#include <rig/transport/http_message.hpp>

namespace rig::api {

/// Liveness: whoever can ask gets the same answer (`operations.md` 13).
[[nodiscard]] transport::HttpResponse alive();

/// Readiness: 200 only while every module serves, so that a load balancer sends nobody earlier or
/// later.
[[nodiscard]] transport::HttpResponse readiness(Phase phase);

}  // namespace rig::api

#pragma once

#include <rig/api/health_part.hpp>
#include <rig/core/lifecycle.hpp>
#include <rig/transport/http_message.hpp>

#include <span>
#include <string_view>
#include <utility>

namespace rig::api {

/// Liveness: whoever can ask gets the same answer (`operations.md` 13).
[[nodiscard]] transport::HttpResponse alive();

/// The names of parts and how they are.
using PartStates = std::span<const std::pair<std::string_view, HealthPart::State>>;

/// Readiness: 200 only while every module serves and no part says that it is not ready, so that a
/// load balancer sends nobody earlier or later.
[[nodiscard]] transport::HttpResponse readiness(Phase phase, PartStates parts = {});

}  // namespace rig::api

#include "io/health.hpp"

#include "logic/health_response.hpp"

#include <array>
#include <string_view>

namespace rig::api {
namespace {

using transport::Door;
using transport::Route;

constexpr std::array kLivenessRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = "/health", .open = true},
    Route{.door = Door::kApi, .method = "GET", .path = "/health/live", .open = true},
    Route{.door = Door::kInbound, .method = "GET", .path = "/_rig/health"},
};
constexpr std::array kReadinessRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = "/health/ready", .open = true},
};

}  // namespace

std::span<const Route> LivenessEndpoint::routes() const { return kLivenessRoutes; }

Task<transport::HttpResponse> LivenessEndpoint::handle(transport::HttpRequest) {
  co_return alive();
}

std::span<const Route> ReadinessEndpoint::routes() const { return kReadinessRoutes; }

Task<transport::HttpResponse> ReadinessEndpoint::handle(transport::HttpRequest) {
  std::vector<std::pair<std::string_view, HealthPart::State>> states;
  for (const HealthPart* part : parts_) states.emplace_back(part->name(), part->state());
  co_return readiness(lifecycle_->phase(), states);
}

}  // namespace rig::api

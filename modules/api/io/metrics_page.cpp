#include "io/metrics_page.hpp"

#include <array>
#include <utility>

namespace rig::api {
namespace {

using transport::Door;
using transport::HttpResponse;
using transport::Route;

constexpr std::array kRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = "/metrics"},
};

}  // namespace

std::span<const Route> MetricsPageEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> MetricsPageEndpoint::handle(transport::HttpRequest) {
  if (!exposition_->enabled()) {
    co_return HttpResponse::error(404, "Metrics are off (PROMETHEUS_METRICS_ENABLED).");
  }
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = exposition_->text();
  co_return response;
}

}  // namespace rig::api

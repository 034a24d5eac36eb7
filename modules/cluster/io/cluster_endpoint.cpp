#include "io/cluster_endpoint.hpp"

#include <array>

namespace rig::cluster {
namespace {

using transport::Door;
using transport::HttpResponse;
using transport::Route;

constexpr std::array kRoutes{Route{.door = Door::kApi, .method = "GET", .path = "/v3/cluster"}};

}  // namespace

std::span<const Route> ClusterEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> ClusterEndpoint::handle(transport::HttpRequest) {
  const auto view = co_await source_->view();
  co_return HttpResponse::json(200, to_text(view));
}

}  // namespace rig::cluster

#pragma once

#include <rig/core/ref.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::api {

/// Serves the metrics to Prometheus.
class MetricsPageEndpoint final : public transport::HttpEndpoint {
 public:
  explicit MetricsPageEndpoint(Ref<const metrics::Exposition> exposition)
      : exposition_(exposition) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  Ref<const metrics::Exposition> exposition_;
};

}  // namespace rig::api

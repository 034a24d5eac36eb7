#pragma once

#include <rig/api/health_part.hpp>
#include <rig/core/lifecycle.hpp>
#include <rig/core/ref.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>
#include <utility>
#include <vector>

namespace rig::api {

/// Says OK as soon as the listener is up, for whoever restarts what does not answer.
class LivenessEndpoint final : public transport::HttpEndpoint {
 public:
  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;
};

/// Says whether clients may be sent here.
class ReadinessEndpoint final : public transport::HttpEndpoint {
 public:
  explicit ReadinessEndpoint(Ref<const Lifecycle> lifecycle, std::vector<HealthPart*> parts = {})
      : lifecycle_(lifecycle), parts_(std::move(parts)) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  Ref<const Lifecycle> lifecycle_;
  std::vector<HealthPart*> parts_;
};

}  // namespace rig::api

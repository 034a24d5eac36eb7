#pragma once

#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::openapi {

/// `/openapi.json`: the description of all that the gateway serves, with the addresses of whoever
/// asks.
class DescriptionEndpoint final : public transport::HttpEndpoint {
 public:
  [[nodiscard]] std::span<const transport::Route> routes() const override;
  void listening(transport::Ports ports) override { ports_ = ports; }
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  transport::Ports ports_;
};

}  // namespace rig::openapi

#pragma once

#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::openapi {

/// `/docs`: a page to read the description and try it out, and the files that it needs. A browser
/// that shows it asks nobody but this gateway. `/swagger-ui`, where version 3 had its page, leads
/// there.
class PageEndpoint final : public transport::HttpEndpoint {
 public:
  [[nodiscard]] std::span<const transport::Route> routes() const override;
  void listening(transport::Ports ports) override { ports_ = ports; }
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  transport::Ports ports_;
};

}  // namespace rig::openapi

#pragma once

#include <rig/core/ref.hpp>
#include <rig/proxy/api_definitions.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::api {

/// The API definitions of the proxy: to be listed, created, replaced and deleted.
class ApisEndpoint final : public transport::HttpEndpoint {
 public:
  explicit ApisEndpoint(Ref<proxy::ApiDefinitions> definitions) : definitions_(definitions) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  using Definitions = Ref<proxy::ApiDefinitions>;
  static Task<transport::HttpResponse> create(Definitions definitions,
                                              transport::HttpRequest request);
  static Task<transport::HttpResponse> replace(Definitions definitions, std::string id,
                                               transport::HttpRequest request);
  static Task<transport::HttpResponse> read(Definitions definitions, std::string id);

  Definitions definitions_;
};

}  // namespace rig::api

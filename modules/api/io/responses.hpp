#pragma once

#include <rig/core/ref.hpp>
#include <rig/proxy/answers.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::api {

/// `POST /v3/responses` and `/v2/responses` (`proxy.md` 5.5): the answer to a request whose client
/// still waits.
class ResponsesEndpoint final : public transport::HttpEndpoint {
 public:
  explicit ResponsesEndpoint(Ref<proxy::Answers> answers) : answers_(answers) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  static Task<transport::HttpResponse> deliver(Ref<ResponsesEndpoint> self,
                                               transport::HttpRequest request);

  Ref<proxy::Answers> answers_;
};

}  // namespace rig::api

#pragma once

#include <rig/answers/inbox.hpp>
#include <rig/core/ref.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::api {

/// `POST /v3/responses` and `/v2/responses` (`proxy.md` 5.5): the answer to a request whose client
/// still waits.
class ResponsesEndpoint final : public transport::HttpEndpoint {
 public:
  explicit ResponsesEndpoint(Ref<answers::Inbox> answers) : answers_(answers) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  static Task<transport::HttpResponse> deliver(Ref<ResponsesEndpoint> self,
                                               transport::HttpRequest request);

  Ref<answers::Inbox> answers_;
};

}  // namespace rig::api

#pragma once

#include <rig/core/task.hpp>
#include <rig/transport/http_message.hpp>
#include <rig/transport/route.hpp>

#include <span>
#include <string_view>

namespace rig::transport {

/// Extension port: paths that another module serves. Contribute one object per resource.
///
/// Called on the shard of the client's connection, for several requests at a time. `handle` must
/// not block the thread, may suspend, and is cancelled when the gateway stops; it must end within a
/// bounded time. An exception is answered with 500 and counted as an unexpected error.
///
///   class Ping final : public HttpEndpoint {
///     std::span<const Route> routes() const override { return kRoutes; }
///     Task<HttpResponse> handle(HttpRequest request) override { co_return HttpResponse::text(200,
///     "pong"); }
///   };
class HttpEndpoint {
 public:
  static constexpr std::string_view kPort = "transport.http_endpoint";

  [[nodiscard]] virtual std::span<const Route> routes() const = 0;
  /// Called once, before the first request.
  virtual void listening(Ports /*ports*/) {}
  virtual Task<HttpResponse> handle(HttpRequest request) = 0;

 protected:
  ~HttpEndpoint() = default;
};

}  // namespace rig::transport

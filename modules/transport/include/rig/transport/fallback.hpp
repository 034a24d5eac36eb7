#pragma once

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/exchange.hpp>

#include <optional>
#include <string_view>

namespace rig::transport {

/// Extension port: serves the requests of clients that no route is for, as a reverse proxy does. At
/// most one module contributes it. The rules of `HttpEndpoint` hold.
class Fallback {
 public:
  static constexpr std::string_view kPort = "transport.fallback";

  /// Answers through the exchange and returns nothing, or does not touch it and returns the answer.
  /// A 404 that is returned says that it does not know the path either.
  virtual Task<std::optional<HttpResponse>> handle(Ref<Exchange> exchange) = 0;

 protected:
  ~Fallback() = default;
};

}  // namespace rig::transport

#pragma once

#include <rig/core/task.hpp>
#include <rig/http_client/message.hpp>

#include <boost/system/result.hpp>

#include <string_view>

namespace rig::http_client {

/// Small requests of the gateway itself to other services: keys, decisions. Connections are kept
/// and shared per shard; redirects are not followed; certificates are checked against the system's
/// authorities. The calls are made on a shard.
class HttpClient {
 public:
  static constexpr std::string_view kPort = "http_client.http_client";

  /// Never throws for what the peer does. Cancelled when the gateway stops.
  virtual Task<boost::system::result<Response, Failure>> send(Request request, Options options) = 0;

 protected:
  ~HttpClient() = default;
};

}  // namespace rig::http_client

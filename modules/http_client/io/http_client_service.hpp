#pragma once

#include "config.hpp"
#include "io/connection_pool.hpp"
#include "io/tls_context.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/metrics/registry.hpp>

#include <boost/asio/ssl/context.hpp>

#include <array>

namespace rig::http_client {

/// The port of this module: checks each request and hands it to the pool of its shard. The calls
/// are made on shards, between `start` and `stop`; those that are under way then, are ended.
class HttpClientService final : public HttpClient {
 public:
  HttpClientService(HttpClientConfig config, Shards& shards, metrics::Registry& registry);

  Task<> start();  ///< on any shard; awaited by the owner
  Task<> stop();   ///< safe to call twice

  Task<Result> send(Request request, Options options) override;
  TlsContexts& tls_contexts() noexcept { return tls_contexts_; }

 private:
  static constexpr std::size_t kResults = 8;  ///< a response, and each reason for none

  Task<Result> send_checked(Request request, Options options);

  HttpClientConfig config_;
  boost::asio::ssl::context tls_;
  SharedTlsContexts tls_contexts_{tls_};
  Shards& shards_;
  std::array<metrics::Counter*, kResults> results_{};
  metrics::Gauge& open_connections_;
  Sharded<ConnectionPool> per_shard_;
};

}  // namespace rig::http_client

#pragma once

#include "config.hpp"
#include "io/http_client_service.hpp"

#include <rig/core/shard.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/metrics/test_registry.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>

namespace rig::http_client {

/// The module's service on real shards.
class Client {
 public:
  explicit Client(HttpClientConfig config = {}) : service_(std::move(config), shards_, registry_) {
    shards_.start();
    run(service_.start());
  }
  ~Client() {
    stop();
    shards_.finish();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::future<Result> begin(Request request, Options options = {}, ShardId shard = 0) {
    return spawn(service_.send(std::move(request), options), shard);
  }
  Result send(Request request, Options options = {}) {
    return begin(std::move(request), options).get();
  }
  Result get(std::string url, Options options = {}) {
    return send(Request{"GET", std::move(url), {}, {}}, options);
  }
  void stop() { run(service_.stop()); }

  HttpClientService& service() { return service_; }
  Executor executor() { return shards_.executor(0); }
  double requests(const std::string& result) {
    return registry_.value("rig_http_client_requests_total,result=" + result);
  }
  double connections() { return registry_.value("rig_http_client_connections"); }

  /// Waits until so many connections are open; false if that takes unreasonably long.
  bool has_connections(double count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (connections() != count) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

 private:
  void run(Task<> task) { spawn(std::move(task), 0).get(); }

  template <class T>
  std::future<T> spawn(Task<T> task, ShardId shard) {
    const auto executor = shards_.executor(shard);
    // tidy: allow(co-spawn) the thread of the test waits for it
    return boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future);
  }

  static constexpr std::size_t kShards = 2;
  Shards shards_{kShards, 1000};
  metrics::TestRegistry registry_{kShards};
  HttpClientService service_;
};

}  // namespace rig::http_client

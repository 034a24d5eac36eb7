#pragma once

#include "io/http_target.hpp"
#include "io/testing/fake_exchange.hpp"

#include <rig/core/sharded.hpp>
#include <rig/metrics/test_registry.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace rig::proxy {

/// Answers go to the client as they are.
class PlainRules final : public AnswerRules {
 public:
  std::optional<transport::HttpResponse> relayed(ResponseHead& head) override;
  std::optional<transport::HttpResponse> interim(ResponseHead& head) override;
  Headers trailers(const Headers& sent) override { return sent; }
  int discarded_status = 0;
};

/// Trusts the authorities of one file.
class FileTrust final : public http_client::TlsContexts {
 public:
  explicit FileTrust(std::string ca_file = "") : ca_file_(std::move(ca_file)) {}
  [[nodiscard]] boost::system::result<TlsContext, std::string> make(
      const http_client::TlsTrust& trust) const override;

 private:
  std::string ca_file_;
};

/// A target on a real shard, and clients for it.
class TestTarget {
 public:
  explicit TestTarget(HttpTargetConfig config = {}, std::string ca_file = "");
  ~TestTarget();
  TestTarget(const TestTarget&) = delete;
  TestTarget& operator=(const TestTarget&) = delete;

  std::unique_ptr<FakeExchange> client(std::string method = "GET");
  /// The request that fits to the client.
  static OutgoingRequest request(const std::string& url, const FakeExchange& client,
                                 std::string_view more_fields = "");
  std::future<Forwarded> begin(FakeExchange& client, OutgoingRequest request);
  Forwarded send(FakeExchange& client, OutgoingRequest request);
  Forwarded send(FakeExchange& client, const std::string& url) {
    return send(client, request(url, client));
  }

  /// Runs it on the shard, and waits until it has run.
  void on_shard(std::function<void()> work);
  void stop();
  double connections() { return registry_.value("rig_proxy_upstream_connections"); }
  bool has_connections(double count);
  bool eventually(const std::function<bool()>& condition);
  Executor executor() { return shards_.executor(0); }

  PlainRules rules;

 private:
  Task<Forwarded> forward(Ref<FakeExchange> client, OutgoingRequest request);

  Shards shards_{1, 1000};
  metrics::TestRegistry registry_{1};
  FileTrust trust_;
  Sharded<HttpTarget> target_{shards_};
};

}  // namespace rig::proxy

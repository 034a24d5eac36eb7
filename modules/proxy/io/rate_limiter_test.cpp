#include "io/rate_limiter.hpp"

#include <rig/core/shard.hpp>
#include <rig/metrics/test_registry.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// On real shards: a client's requests come on all of them.

namespace rig::proxy {
namespace {

constexpr TokenBucket::Wait kNoWait{0};

class RateLimiterTest : public ::testing::Test {
 public:
  RateLimiterTest() { shards_.start(); }
  ~RateLimiterTest() override {
    run(limiter_->stop());
    shards_.finish();
  }

 protected:
  static constexpr std::size_t kShards = 3;

  void start(std::size_t clients_max) {
    limiter_ = std::make_unique<RateLimiter>(clients_max, shards_, registry_);
    run(limiter_->start());
  }
  template <class T>
  std::future<T> begin(Task<T> task, ShardId shard = 0) {
    return boost::asio::co_spawn(shards_.executor(shard), std::move(task), boost::asio::use_future);
  }
  template <class T>
  T run(Task<T> task, ShardId shard = 0) {
    return begin(std::move(task), shard).get();
  }
  RateKey key(std::string_view client) const {
    const std::array<std::string_view, 1> parts{client};
    return limiter_->keys().key_of(parts);
  }

  Shards shards_{kShards, 100};
  metrics::TestRegistry registry_{kShards};
  std::unique_ptr<RateLimiter> limiter_;
  /// Nothing comes back within a test.
  TokenBucket::Rate rate_ = TokenBucket::Rate::of(10, std::chrono::hours(24), 10);
};

TEST_F(RateLimiterTest, CountsTheRequestsOfAllShardsTogether) {
  start(1000);
  std::vector<std::future<TokenBucket::Wait>> asked;
  for (int i = 0; i < 20; ++i) {
    for (ShardId shard = 0; shard < kShards; ++shard) {
      for (const auto* client : {"a", "b"})
        asked.push_back(begin(RateLimiter::take(*limiter_, key(client), rate_), shard));
    }
  }
  int let_through = 0;
  for (auto& one : asked) let_through += one.get() == kNoWait ? 1 : 0;
  EXPECT_EQ(let_through, 20);
  EXPECT_EQ(registry_.value("rig_proxy_rate_limit_clients"), 2);
  EXPECT_EQ(registry_.value("rig_proxy_rate_limit_forgotten_total"), 0);
}

TEST_F(RateLimiterTest, RemembersNoMoreClientsThanItMay) {
  start(30);
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(run(RateLimiter::take(*limiter_, key(std::to_string(i)), rate_)), kNoWait);
  EXPECT_EQ(registry_.value("rig_proxy_rate_limit_clients"), 30);
  EXPECT_EQ(registry_.value("rig_proxy_rate_limit_forgotten_total"), 470);
}

}  // namespace
}  // namespace rig::proxy

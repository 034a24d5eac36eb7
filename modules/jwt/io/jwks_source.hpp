#pragma once

#include "config.hpp"
#include "io/jwt_metrics.hpp"
#include "logic/key.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/http_client/http_client.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace rig::jwt {

/// Fetches the issuer's keys and hands them on: when it starts, when they get old, and when a token
/// names a key that nobody knows. What was fetched stays in force while the server is down or
/// answers nonsense. Lives on one shard, where all is called.
class JwksSource {
 public:
  /// Puts keys in force on all shards; false if they are in force already.
  using Publish = std::function<Task<bool>(std::vector<Key>)>;

  JwksSource(JwksConfig config, Executor executor, Ref<http_client::HttpClient> client,
             JwtMetrics& metrics, Publish publish);

  /// Done when the first fetch has ended, well or not.
  static Task<> start(Ref<JwksSource> self);
  static Task<> stop(Ref<JwksSource> self);

  /// Fetches now, unless that was done a moment ago; done when the keys are in force, or in vain.
  static Task<> refresh(Ref<JwksSource> self);

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  static Task<> run(Ref<JwksSource> self);
  /// As `fetch`; what goes wrong that should be impossible must not end all fetching.
  static Task<std::chrono::milliseconds> try_fetch(Ref<JwksSource> self);
  /// Returns after how long to fetch again.
  static Task<std::chrono::milliseconds> fetch(Ref<JwksSource> self);
  static Task<std::chrono::milliseconds> take(Ref<JwksSource> self, http_client::Response response);
  static Task<> wait_for_round(Ref<JwksSource> self);

  // What a fetch in vain is noted as, and after how long to try again.
  [[nodiscard]] std::chrono::milliseconds unreachable(std::string_view reason);
  [[nodiscard]] std::chrono::milliseconds bad_answer(std::string_view reason);
  [[nodiscard]] std::chrono::milliseconds failed(std::string_view result, std::string_view reason);
  [[nodiscard]] std::chrono::milliseconds time_until_old(
      const http_client::Response& response) const;

  const JwksConfig config_;
  Ref<http_client::HttpClient> client_;
  JwtMetrics& metrics_;
  const Publish publish_;
  Timer alarm_;  // cancelled: somebody asks
  Timer done_;   // cancelled: a fetch has begun or ended
  Clock::time_point began_at_{};
  bool is_fetching_ = false;
  std::uint64_t rounds_ = 0;
  std::size_t failures_ = 0;  // one after the other
  TaskGroup tasks_;
};

}  // namespace rig::jwt

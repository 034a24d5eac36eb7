#pragma once

#include "io/http_target.hpp"
#include "io/server.hpp"
#include "logic/health_record.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_set.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace rig::proxy {

/// Asks the targets of APIs that have a `health_check`, each at its interval, and tells when one is
/// taken out or comes back. One per node, on one shard, by the connections of that shard.
class HealthChecker {
 public:
  /// Carries a verdict to all shards.
  using Tell = std::function<Task<>(std::string api, Server server, bool is_healthy)>;

  HealthChecker(Executor executor, metrics::Registry& registry, Tell tell);

  /// The set that is in force from now on. Checks of targets that stay go on, by its rules.
  void take(const ApiSet& set, HttpTarget& http);
  Task<> stop();  ///< before the targets are stopped

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  struct Key {
    std::string api;
    Server server;
    auto operator<=>(const Key&) const = default;
  };
  /// A target under watch. Shared with its coroutine, which may outlive the definition by one
  /// check.
  struct Watch {
    Watch(Key of, Executor executor, metrics::Registry& registry);
    ~Watch();

    Key key;
    HealthCheck rules;
    HealthRecord record;
    Timer pause;
    metrics::Gauge& unhealthy;
    metrics::Counter& well;
    metrics::Counter& failed;
    bool is_told = false;
    bool is_over = false;
  };
  using WatchPtr = std::shared_ptr<Watch>;

  static Task<> watch(Ref<HealthChecker> self, WatchPtr target, Ref<HttpTarget> http);
  static Task<Forwarded> check(Ref<HealthChecker> self, WatchPtr target, Ref<HttpTarget> http);
  static Task<> note(Ref<HealthChecker> self, WatchPtr target, Forwarded result);

  Executor executor_;
  metrics::Registry& registry_;
  Tell tell_;
  std::map<Key, WatchPtr> watches_;
  TaskGroup tasks_;
};

}  // namespace rig::proxy

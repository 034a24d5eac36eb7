#pragma once

#include "io/cluster_metrics.hpp"
#include "logic/state_page.hpp"
#include "logic/subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/nats/link.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/sessions/blacklist_replica.hpp>

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <string>

namespace rig::cluster {

/// What every node knows: the blacklist and the API definitions. Changes go to all nodes as they
/// are made. A node that has come, or has come back, tells the others all it knows and asks them
/// for all they know; so what was missed while it was away is not missed for long, and entries that
/// hold over others hold everywhere. Lives on shard 0.
class StateExchange {
 public:
  StateExchange(Executor executor, Ref<nats::Link> link, Ref<sessions::BlacklistReplica> blacklist,
                Ref<proxy::ApiReplica> apis, Ref<const Subjects> subjects, std::string node,
                Ref<ClusterMetrics> metrics);

  /// On the shards' changes, before the start.
  void watch();
  void start();
  Task<> stop();  ///< safe to call twice, and without a start

  /// The link has a connection, again; or something that came by it was lost. All is exchanged
  /// anew, at most every two seconds.
  void ask();
  /// Nobody answers the question of this node: there is no other one.
  void alone();
  /// A message to `state()`, `join()` or `own()`.
  void receive(nats::LinkMessage message);

  /// It has heard from the others once, or there was none. Any thread.
  [[nodiscard]] bool has_joined() const noexcept {
    return has_joined_.load(std::memory_order_relaxed);
  }

 private:
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  static Task<> keep_joined(Ref<StateExchange> self);
  static Task<> work_off(Ref<StateExchange> self);
  static Task<> take(Ref<StateExchange> self, nats::LinkMessage message);
  static Task<> tell_everything(Ref<StateExchange> self, std::string to);
  void note_answer();
  void tell(const StatePage& page, std::string to);
  void publish(nats::LinkMessage message);

  Ref<nats::Link> link_;
  Ref<sessions::BlacklistReplica> blacklist_;
  Ref<proxy::ApiReplica> apis_;
  Ref<const Subjects> subjects_;
  const std::string node_;
  Ref<ClusterMetrics> metrics_;
  std::atomic<bool> has_joined_{false};
  bool has_to_ask_ = false;
  bool is_unanswered_ = false;  // what it asked last
  bool is_stopping_ = false;
  bool is_working_ = false;
  std::deque<nats::LinkMessage> waiting_;
  Timer timer_;
  TaskGroup tasks_;
};

}  // namespace rig::cluster

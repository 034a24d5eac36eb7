#pragma once

#include "io/cluster_metrics.hpp"
#include "logic/member_table.hpp"
#include "logic/subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/link.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// Who is in the cluster. Each node tells all others how it is: every two seconds, and at once when
/// its state changes, when it has a connection, when another one comes, and when it goes. Lives on
/// shard 0.
class Members {
 public:
  /// `self`: this node, as it is when asked; called on shard 0.
  Members(Executor executor, Ref<nats::Link> link, Ref<const Subjects> subjects,
          std::function<Member()> self, Ref<ClusterMetrics> metrics, metrics::Registry& registry);

  void start();
  /// The others hear that this node goes. Safe to call twice, and without a start.
  Task<> stop();

  /// The link has a connection, again.
  void connected() { is_due_ = true; }
  /// A message to `members()`.
  void receive(const nats::LinkMessage& message);

  /// The others that are there. One that is gone without a word is noticed after seven seconds.
  [[nodiscard]] std::vector<Member> others() const { return table_.list(); }
  [[nodiscard]] bool contains(std::string_view id) const { return table_.contains(id); }

  enum class Change { kCame, kLeft };
  using Watcher = std::function<void(const Member& member, Change change)>;
  /// Before the start. Called on shard 0, and must not call `Members` but for its questions.
  void watch(Watcher watcher) { watchers_.push_back(std::move(watcher)); }

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  static Task<> keep_telling(Ref<Members> self);
  void tell(const Member& member);
  void measure_round_trip();
  void expire();
  void note(const Member& member, Change change, std::string_view reason);

  Ref<nats::Link> link_;
  Ref<const Subjects> subjects_;
  const std::function<Member()> self_;
  Ref<ClusterMetrics> metrics_;
  metrics::Histogram& round_trips_;
  metrics::Gauge& nodes_;
  MemberTable table_;
  std::vector<Watcher> watchers_;
  bool is_due_ = true;
  bool is_started_ = false;
  bool is_full_ = false;  // it has been logged
  std::string told_state_;
  Timer timer_;
  TaskGroup tasks_;
};

}  // namespace rig::cluster

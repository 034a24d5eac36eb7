#include "io/members.hpp"

#include <rig/core/log.hpp>

#include <utility>

namespace rig::cluster {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kInterval{2};
constexpr milliseconds kLook{250};  // how soon a change of state is told

std::vector<std::chrono::nanoseconds> round_trip_buckets() {
  return {microseconds(100), microseconds(250), microseconds(500), milliseconds(1),
          milliseconds(2),   milliseconds(5),   milliseconds(10),  milliseconds(25),
          milliseconds(50),  milliseconds(100), milliseconds(250), milliseconds(1'000)};
}

}  // namespace

Members::Members(Executor executor, Ref<nats::Link> link, Ref<const Subjects> subjects,
                 std::function<Member()> self, Ref<ClusterMetrics> metrics,
                 metrics::Registry& registry)
    : link_(link),
      subjects_(subjects),
      self_(std::move(self)),
      metrics_(metrics),
      round_trips_(registry.histogram(
          {"rig_cluster_bus_rtt_seconds",
           "From a question to the NATS server to its answer, with what waited before it"},
          metrics::Registry::HistogramUnit::kSeconds, round_trip_buckets())),
      nodes_(registry.gauge({"rig_cluster_nodes", "Other nodes that are there"})),
      timer_(executor),
      tasks_(executor, "cluster.members") {}

void Members::start() {
  is_started_ = true;
  link_->subscribe(subjects_->members());
  tasks_.spawn(keep_telling(Ref(*this)));
}

Task<> Members::stop() {
  tasks_.cancel();
  co_await tasks_.join();
  if (!std::exchange(is_started_, false)) co_return;
  auto last_word = self_();
  last_word.state = Member::kGone;
  tell(last_word);
}

Task<> Members::keep_telling(Ref<Members> self) {
  auto next = Clock::now();
  while (self->is_started_) {
    auto member = self->self_();
    const bool is_time = Clock::now() >= next;
    const bool has_news = std::exchange(self->is_due_, false) || member.state != self->told_state_;
    if ((is_time || has_news) && self->link_->is_connected()) {
      self->tell(member);
      self->told_state_ = std::move(member.state);
    }
    if (is_time) {
      self->measure_round_trip();
      next = Clock::now() + kInterval;
    }
    self->expire();
    self->timer_.expires_after(kLook);
    const auto [error] = co_await self->timer_.async_wait(kUseTaskTuple);
    if (error) co_return;
  }
}

void Members::tell(const Member& member) {
  const bool is_taken = link_->publish({subjects_->members(), {}, to_text(member)});
  (is_taken ? metrics_->members_out : metrics_->overload).add();
}

void Members::measure_round_trip() {
  if (!link_->is_connected()) return;
  link_->flush([link = link_, begin = Clock::now(), &round_trips = round_trips_] {
    // Without a connection it was no answer.
    if (link->is_connected()) round_trips.observe(Clock::now() - begin);
  });
}

void Members::receive(const nats::LinkMessage& message) {
  metrics_->members_in.add();
  const auto member = parse_member(message.data);
  if (!member) {
    metrics_->invalid.add();
    RIG_LOG(kWarn, "what another node says of itself cannot be read", {"reason", member.error()});
    return;
  }
  switch (table_.hear(*member, Clock::now())) {
    case MemberTable::Heard::kJoined: {
      is_due_ = true;  // it does not know this one yet
      note(*member, Change::kCame, "it says so");
      return;
    }
    case MemberTable::Heard::kLeft: {
      note(*member, Change::kLeft, "it says so");
      return;
    }
    case MemberTable::Heard::kTooMany: {
      metrics_->overload.add();
      if (!std::exchange(is_full_, true))
        RIG_LOG(kWarn, "the cluster has more nodes than can be listed",
                {"listed", MemberTable::kNodesMax});
      return;
    }
    case MemberTable::Heard::kNews:
    case MemberTable::Heard::kNothing: return;
  }
}

void Members::expire() {
  for (const auto& member : table_.expire(Clock::now()))
    note(member, Change::kLeft, "it is silent");
}

void Members::note(const Member& member, Change change, std::string_view reason) {
  const bool has_come = change == Change::kCame;
  nodes_.add(has_come ? 1 : -1);
  if (has_come) {
    RIG_LOG(kInfo, "a node is there", {"node", std::string_view(member.id)},
            {"name", std::string_view(member.name)}, {"version", std::string_view(member.version)});
  } else {
    is_full_ = false;
    RIG_LOG(kInfo, "a node is gone", {"node", std::string_view(member.id)},
            {"name", std::string_view(member.name)}, {"reason", reason});
  }
  for (const auto& watcher : watchers_) watcher(member, change);
}

}  // namespace rig::cluster

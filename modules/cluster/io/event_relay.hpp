#pragma once

#include "io/catch_up.hpp"
#include "io/cluster_metrics.hpp"
#include "io/fences.hpp"
#include "io/history_reader.hpp"
#include "logic/subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/nats/link.hpp>
#include <rig/nats/stream.hpp>
#include <rig/subscriptions/event_exchange.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// Events from and to other nodes. What this node wants it subscribes to, a subject per type; what
/// is published here goes to the subject of its type, whoever listens there: the server knows. A
/// stream records all of it for clients that change the node. Lives on shard 0.
class EventRelay final : public subscriptions::Peers {
 public:
  EventRelay(Ref<Shards> shards, Ref<nats::Link> link, Ref<nats::Stream> stream,
             Ref<subscriptions::EventExchange> exchange, Ref<const Subjects> subjects,
             Ref<ClusterMetrics> metrics);
  ~EventRelay();
  EventRelay(const EventRelay&) = delete;
  EventRelay& operator=(const EventRelay&) = delete;

  void want(const std::vector<std::string>& types, std::function<void()> noted) override;
  void drop(const std::vector<std::string>& types) override;
  void forward(const cloudevents::EventRef& event) noexcept override;
  void read_history(subscriptions::HistoryRequest request,
                    std::function<void(subscriptions::HistoryRef)> done) override;

  /// The types that other nodes are asked for, in their order. On shard 0.
  [[nodiscard]] const std::set<std::string>& interest() const noexcept { return interest_; }

  // What the link says, on the one thread that it delivers on, or, before and after, the one of its
  // connection.
  [[nodiscard]] bool hears(std::string_view subject) const noexcept {
    return subjects_->is_event(subject) || subjects_->is_place(subject) ||
           subject == subjects_->missed();
  }
  /// An event of another node, the place of a fence, or that a node could not send some.
  void receive(nats::LinkMessage message) noexcept;
  void unanswered(std::string_view reply_to) noexcept;
  void connected() noexcept;
  void disconnected() noexcept;
  /// Events have come that could not be kept.
  void missed() noexcept;
  /// Events of this node will not come to others. Any thread.
  void not_sent() noexcept;

  /// True once it knows where this node is in the history of all. Any thread.
  [[nodiscard]] bool has_joined() const noexcept { return fences_.has_reached(); }
  /// False after a loss of the connection, until what came meanwhile is here. Any thread.
  [[nodiscard]] bool is_current() const noexcept;
  /// Nothing is delivered any more. On shard 0.
  void stop() noexcept;

 private:
  struct Arrivals;

  void reached(cloudevents::LogPlace place);
  void take_up(const subscriptions::HistoryRef& history);
  template <class Work>
  void on_shard_0(Work work);

  Ref<Shards> shards_;
  Ref<nats::Link> link_;
  Ref<subscriptions::EventExchange> exchange_;
  Ref<const Subjects> subjects_;
  Ref<ClusterMetrics> metrics_;
  Fences fences_;
  HistoryReader history_;
  CatchUp catch_up_;
  cloudevents::LogPlace place_;      // the last one
  std::uint64_t place_seconds_ = 0;  // when that was, since 1970
  std::shared_ptr<Arrivals> arrivals_;
  std::set<std::string> interest_;
};

}  // namespace rig::cluster

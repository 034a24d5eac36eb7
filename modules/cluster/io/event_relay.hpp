#pragma once

#include "io/cluster_metrics.hpp"
#include "logic/subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/nats/link.hpp>
#include <rig/subscriptions/event_exchange.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rig::cluster {

/// Events from and to other nodes. What this node wants it subscribes to, a subject per type; what
/// is published here goes to the subject of its type, whoever listens there: the server knows.
class EventRelay final : public subscriptions::Peers {
 public:
  EventRelay(Ref<Shards> shards, Ref<nats::Link> link, Ref<subscriptions::EventExchange> exchange,
             Ref<const Subjects> subjects, Ref<ClusterMetrics> metrics);
  ~EventRelay();
  EventRelay(const EventRelay&) = delete;
  EventRelay& operator=(const EventRelay&) = delete;

  void want(const std::vector<std::string>& types, std::function<void()> noted) override;
  void drop(const std::vector<std::string>& types) override;
  void forward(const cloudevents::EventRef& event) noexcept override;

  /// The types that other nodes are asked for, in their order. On shard 0.
  [[nodiscard]] const std::set<std::string>& interest() const noexcept { return interest_; }

  /// The text of an event of another node. On the one thread that the link delivers on.
  void receive(std::string text) noexcept;
  /// Nothing is delivered any more. On shard 0.
  void stop() noexcept;

 private:
  struct Arrivals;

  Ref<Shards> shards_;
  Ref<nats::Link> link_;
  Ref<subscriptions::EventExchange> exchange_;
  Ref<const Subjects> subjects_;
  Ref<ClusterMetrics> metrics_;
  std::shared_ptr<Arrivals> arrivals_;
  std::set<std::string> interest_;
};

}  // namespace rig::cluster

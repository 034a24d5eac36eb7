#pragma once

#include <rig/cloudevents/event.hpp>
#include <rig/cloudevents/field_plan.hpp>
#include <rig/subscriptions/event_sink.hpp>
#include <rig/subscriptions/history.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// The other nodes, as the subscriptions of this one see them. Implemented by whoever carries
/// events between nodes.
class Peers {
 public:
  /// From now on events of these types are wanted from other nodes. Calls `noted` once, later, on
  /// shard 0: when what is published anywhere from then on comes here, or when it is clear that
  /// nothing can come at the moment. Clients wait for it, so it is called within seconds. On shard
  /// 0; `types` may be empty, then it is about those that were wanted before.
  virtual void want(const std::vector<std::string>& types, std::function<void()> noted) = 0;
  /// They are not wanted any longer. On shard 0.
  virtual void drop(const std::vector<std::string>& types) = 0;
  /// An event that was published on this node and has got its place in the log (`origin`), in the
  /// order of the log. On shard 0.
  virtual void forward(const cloudevents::EventRef& event) noexcept = 0;
  /// Reads what was published on any node, as far as this node needs it for a client that comes
  /// from another one. Calls `done` once, at once or later, on shard 0, within seconds: with null
  /// if there is no history to be had. By then all that the log of this node wants of it is in that
  /// log. On shard 0.
  virtual void read_history(HistoryRequest request, std::function<void(HistoryRef)> done) = 0;

 protected:
  ~Peers() = default;
};

/// Where events leave for other nodes and come from them.
class EventExchange {
 public:
  static constexpr std::string_view kPort = "subscriptions.event_exchange";

  /// Set at most once, before the start. Without it a node is alone, and pays nothing.
  virtual void connect(Peers& peers) = 0;
  /// Delivers, to this node's clients alone, what another node has forwarded; the event has its
  /// `origin`. Those of one origin come in the order of their places; one that comes again is
  /// passed over. On shard 0.
  [[nodiscard]] virtual EventSink::Outcome take(cloudevents::EventRef event) = 0;
  /// All that other nodes forwarded up to this place of their common history is in the log, or was
  /// not wanted. On shard 0.
  virtual void reached(cloudevents::LogPlace place) = 0;
  /// Events that other nodes have published since then (seconds since 1970) have not come, and will
  /// not. Clients are told. On shard 0.
  virtual void missed(std::uint64_t since) = 0;
  /// How long events are kept for clients that come back.
  [[nodiscard]] virtual std::chrono::milliseconds age_max() const noexcept = 0;
  /// What to take from events while they are decoded. Any thread.
  [[nodiscard]] virtual const cloudevents::FieldPlans& field_plans() const = 0;

 protected:
  ~EventExchange() = default;
};

}  // namespace rig::subscriptions

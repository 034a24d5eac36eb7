#pragma once

#include "config.hpp"
#include "io/cluster_endpoint.hpp"
#include "io/cluster_metrics.hpp"
#include "io/event_relay.hpp"
#include "io/members.hpp"
#include "io/nats_map.hpp"
#include "io/node_calls.hpp"
#include "io/shared_state.hpp"
#include "io/this_node.hpp"
#include "logic/subjects.hpp"

#include <rig/api/health_part.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/worker.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/bucket.hpp>
#include <rig/nats/link.hpp>
#include <rig/nats/stream.hpp>
#include <rig/peers/call_exchange.hpp>
#include <rig/peers/node_identity.hpp>
#include <rig/proxy/api_replica.hpp>
#include <rig/sessions/blacklist_replica.hpp>
#include <rig/subscriptions/event_exchange.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// This gateway as a node of a cluster: the link to the others, and who gets what comes by it.
/// Lives on shard 0.
class Node final : private nats::LinkUser, public api::HealthPart, public ViewSource {
 public:
  struct Ports {
    Ref<Shards> shards;
    Ref<const Lifecycle> lifecycle;
    Ref<metrics::Registry> registry;
    Ref<subscriptions::EventExchange> events;
    Ref<sessions::BlacklistReplica> blacklist;
    Ref<proxy::ApiReplica> apis;
    Ref<peers::NodeIdentity> self;
    Ref<peers::CallExchange> calls;
  };

  Node(const ClusterConfig& config, nats::Links& links, nats::Buckets& buckets,
       nats::Streams& streams, const Ports& ports);

  Task<> start();
  Task<> stop();  ///< safe to call twice, and without a start

  [[nodiscard]] std::string_view name() const noexcept override { return "cluster"; }
  /// Clients are not sent here before it knows who is cut off; a node that loses the others goes on
  /// with what it has.
  [[nodiscard]] State state() const noexcept override;
  Task<ClusterView> view() override;

 private:
  /// How messages for shard 0 find the node; null when it has stopped.
  struct Here {
    Node* node;
    std::atomic<std::size_t> waiting{0};
  };

  void received(nats::LinkMessage message) noexcept override;
  void unanswered(std::string_view reply_to) noexcept override;
  void connected() noexcept override;
  void disconnected() noexcept override { relay_.disconnected(); }
  void lost(nats::LinkLoss why, std::uint64_t messages) noexcept override;
  template <class Work>
  void on_shard_0(Work work);

  [[nodiscard]] bool has_joined() const noexcept;
  [[nodiscard]] Member self() const;
  static Task<ClusterView> view_here(Ref<const Node> self);
  static Task<std::vector<NodeCalls::Other>> others(Ref<const Node> self);
  static Task<std::vector<NodeCalls::Other>> others_here(Ref<const Node> self);

  const ThisNode this_node_;
  const Subjects subjects_;
  Ref<Shards> shards_;
  ClusterMetrics metrics_;
  std::shared_ptr<Here> here_;
  std::unique_ptr<nats::Link> link_;
  std::unique_ptr<nats::Stream> stream_;
  EventRelay relay_;
  NatsMap api_map_;
  NatsMap blacklist_map_;
  SharedState<ApiKind> apis_;
  SharedState<BlacklistKind> blacklist_;
  Members members_;
  NodeCalls calls_;
  Worker worker_;  // waits for the ends of the connections
};

}  // namespace rig::cluster

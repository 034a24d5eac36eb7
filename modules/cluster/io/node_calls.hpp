#pragma once

#include "io/call_metrics.hpp"
#include "logic/call_subjects.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/nats/link.hpp>
#include <rig/peers/call_exchange.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// Calls to other nodes, and those of others to this one. A call is waited for on the shard that
/// makes it; those of others are taken on shard 0.
class NodeCalls final : public peers::Carrier {
 public:
  struct Other {
    peers::NodeId id;
    std::string name;
  };
  using Others = std::function<Task<std::vector<Other>>()>;

  /// `others`: the other nodes; asked on any shard.
  NodeCalls(Ref<Shards> shards, Ref<nats::Link> link, Ref<peers::CallExchange> exchange,
            CallSubjects subjects, Others others, metrics::Registry& registry);
  ~NodeCalls();
  NodeCalls(const NodeCalls&) = delete;
  NodeCalls& operator=(const NodeCalls&) = delete;

  void start();
  /// Nothing of others is taken or answered any more. On shard 0; safe to call twice.
  void stop() noexcept;

  Task<peers::CallResult> call(peers::NodeId node, std::string service, std::string request,
                               Deadline deadline) override;

  /// Asks each of the nodes that there are, as far as it is known.
  Task<std::vector<peers::Calls::NodeAnswer>> call_all(std::string service, std::string request,
                                                       Deadline deadline) override;

  /// A message that came by the link: false, and untouched, if it is about no call. On the link's
  /// thread.
  [[nodiscard]] bool receive(nats::LinkMessage& message) noexcept;
  /// False if it was no call that found nobody. On the link's thread.
  [[nodiscard]] bool unanswered(std::string_view reply_to) noexcept;

 private:
  class Waiting;
  struct Caller;

  /// How calls of others find this object on shard 0; null when it has stopped.
  struct Here {
    NodeCalls* calls;
    std::atomic<std::size_t> arriving{0};
  };

  static Task<peers::CallResult> ask(Ref<NodeCalls> self, std::string subject, std::string request,
                                     Deadline deadline);
  static Task<std::vector<peers::Calls::NodeAnswer>> ask_all(Ref<NodeCalls> self,
                                                             std::string service,
                                                             std::string request,
                                                             Deadline deadline);
  std::unique_ptr<Waiting> begin(std::string subject, std::string request, Deadline deadline);
  static Task<peers::CallResult> end(Ref<NodeCalls> self, std::unique_ptr<Waiting> waiting);
  void take(nats::LinkMessage message);
  void answer(const std::string& to, const std::optional<std::string>& text);
  template <class Work>
  void with_caller(std::uint64_t number, Work work) noexcept;

  Ref<Shards> shards_;
  Ref<nats::Link> link_;
  Ref<peers::CallExchange> exchange_;
  const CallSubjects subjects_;
  const Others others_;
  CallMetrics metrics_;
  std::shared_ptr<Here> here_;
  std::vector<std::shared_ptr<Caller>> callers_;  // one per shard, each of its shard alone
};

}  // namespace rig::cluster

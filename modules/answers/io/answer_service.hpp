#pragma once

#include "logic/call_messages.hpp"
#include "logic/correlation.hpp"

#include <rig/answers/inbox.hpp>
#include <rig/answers/tickets.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/peers/calls.hpp>
#include <rig/peers/node_identity.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace rig::answers {

/// Both ports of this module: a ticket is of the shard that opens it, and an answer finds that
/// shard by its correlation, and before that its node.
class AnswerService final : public Inbox, public Tickets {
 public:
  AnswerService(Shards& shards, const peers::NodeIdentity& here, peers::Calls& calls,
                metrics::Registry& registry);

  Task<> start();
  Task<> stop();

  Task<Outcome> deliver(std::string correlation, Answer answer) override;
  std::unique_ptr<Ticket> open() override;
  [[nodiscard]] std::string without_ticket() const override;

 private:
  class OpenTicket;

  /// What a shard has of its own.
  struct Part {
    Executor executor;
    std::map<Correlation::Secret, OpenTicket*> tickets;
  };

  static Task<Outcome> find_and_deliver(Ref<AnswerService> self, std::string correlation,
                                        Answer answer);
  static Task<Outcome> deliver_on_this_node(Ref<AnswerService> self, Correlation correlation,
                                            Answer answer);
  static Task<Outcome> deliver_elsewhere(Ref<AnswerService> self, peers::NodeId node,
                                         AnswerCall call);
  static Task<std::string> answer_call(Ref<AnswerService> self, std::string text);
  void count(Outcome outcome) noexcept;
  static Task<bool> deliver_here(Ref<AnswerService> self, Correlation correlation, Answer answer);

  Ref<Shards> shards_;
  Ref<const peers::NodeIdentity> here_;
  Ref<peers::Calls> calls_;
  metrics::Counter& delivered_;
  metrics::Counter& without_client_;
  metrics::Counter& invalid_;
  metrics::Counter& unreachable_;
  Sharded<Part> parts_;
};

}  // namespace rig::answers

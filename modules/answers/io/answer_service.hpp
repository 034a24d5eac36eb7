#pragma once

#include "logic/correlation.hpp"

#include <rig/answers/inbox.hpp>
#include <rig/answers/tickets.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace rig::answers {

/// Both ports of this module: a ticket is of the shard that opens it, and an answer finds that
/// shard by its correlation.
class AnswerService final : public Inbox, public Tickets {
 public:
  AnswerService(Shards& shards, metrics::Registry& registry);

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
  static Task<bool> deliver_here(Ref<AnswerService> self, Correlation correlation, Answer answer);

  const std::uint32_t node_;
  Ref<Shards> shards_;
  metrics::Counter& delivered_;
  metrics::Counter& without_client_;
  metrics::Counter& invalid_;
  Sharded<Part> parts_;
};

}  // namespace rig::answers

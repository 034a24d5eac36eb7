#pragma once

#include "logic/correlation.hpp"

#include <rig/core/deadline.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/answers.hpp>

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <optional>
#include <string>

namespace rig::proxy {

/// The requests of one shard whose answers come another way.
class PendingAnswers {
 public:
  PendingAnswers(std::uint32_t node, ShardId shard, Executor executor)
      : node_(node), shard_(shard), executor_(executor) {}

  /// One request that waits; it is known from here on, so that an answer may be quicker than
  /// whoever took the request.
  class Ticket {
   public:
    explicit Ticket(PendingAnswers& pending);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    [[nodiscard]] const Correlation& correlation() const noexcept { return correlation_; }
    /// Nothing: it did not come in time.
    static Task<std::optional<Answer>> wait(Ref<Ticket> self, Deadline deadline);

   private:
    friend class PendingAnswers;
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    PendingAnswers& pending_;
    Correlation correlation_;
    Timer timer_;
    std::optional<Answer> answer_;
    bool has_answer_ = false;
  };

  /// For a request that waits for nothing.
  [[nodiscard]] Correlation new_correlation() const { return Correlation::make(node_, shard_); }
  /// False if nobody waits for it: the first answer counts.
  bool deliver(const Correlation& correlation, Answer answer);
  [[nodiscard]] std::size_t size() const noexcept { return tickets_.size(); }

 private:
  const std::uint32_t node_;
  const ShardId shard_;
  Executor executor_;
  std::map<Correlation::Secret, Ticket*> tickets_;
};

/// The port of answers: finds the shard where a client waits.
class AnswerService final : public Answers {
 public:
  AnswerService(Shards& shards, metrics::Registry& registry);

  Task<> start();
  Task<> stop();

  /// Of the current shard.
  [[nodiscard]] PendingAnswers& pending() { return pending_.local(); }
  Task<Outcome> deliver(std::string correlation, Answer answer) override;

 private:
  static Task<Outcome> find_and_deliver(Ref<AnswerService> self, std::string correlation,
                                        Answer answer);
  static Task<bool> deliver_here(Ref<AnswerService> self, Correlation correlation, Answer answer);

  const std::uint32_t node_;
  Ref<Shards> shards_;
  metrics::Counter& delivered_;
  metrics::Counter& without_client_;
  metrics::Counter& invalid_;
  Sharded<PendingAnswers> pending_;
};

}  // namespace rig::proxy

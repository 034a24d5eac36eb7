#include "io/pending_answers.hpp"

#include <memory>
#include <random>
#include <utility>

namespace rig::proxy {
namespace {

metrics::Counter& counter(metrics::Registry& registry, std::string_view result) {
  return registry.counter({"rig_proxy_answers_total", "Answers that came another way"},
                          {{"result", std::string(result)}});
}

}  // namespace

PendingAnswers::Ticket::Ticket(PendingAnswers& pending)
    : pending_(pending),
      correlation_(Correlation::make(pending.node_, pending.shard_)),
      timer_(pending.executor_) {
  pending_.tickets_.emplace(correlation_.secret, this);
}

PendingAnswers::Ticket::~Ticket() { pending_.tickets_.erase(correlation_.secret); }

Task<std::optional<Answer>> PendingAnswers::Ticket::wait(Ref<Ticket> self, Deadline deadline) {
  self->timer_.expires_at(deadline.at);
  while (!self->has_answer_ && !deadline.passed())
    (void)co_await self->timer_.async_wait(kUseTaskTuple);
  co_return std::exchange(self->answer_, std::nullopt);
}

bool PendingAnswers::deliver(const Correlation& correlation, Answer answer) {
  const auto found = tickets_.find(correlation.secret);
  if (found == tickets_.end() || std::exchange(found->second->has_answer_, true)) return false;
  found->second->answer_ = std::move(answer);
  found->second->timer_.cancel();
  return true;
}

AnswerService::AnswerService(Shards& shards, metrics::Registry& registry)
    : node_(std::random_device{}()),
      shards_(shards),
      delivered_(counter(registry, "delivered")),
      without_client_(counter(registry, "nobody")),
      invalid_(counter(registry, "invalid")),
      pending_(shards) {}

Task<> AnswerService::start() {
  const auto make = [this](ShardId shard) {
    return std::make_unique<PendingAnswers>(node_, shard, shards_->executor(shard));
  };
  co_await pending_.start(make);
}

Task<> AnswerService::stop() { co_await pending_.stop(); }

Task<Answers::Outcome> AnswerService::deliver(std::string correlation, Answer answer) {
  return find_and_deliver(Ref(*this), std::move(correlation), std::move(answer));
}

Task<Answers::Outcome> AnswerService::find_and_deliver(Ref<AnswerService> self,
                                                       std::string correlation, Answer answer) {
  const auto parsed = Correlation::parse(correlation);
  if (!parsed) {
    self->invalid_.add();
    co_return Outcome::kInvalid;
  }
  const bool is_here = parsed->node == self->node_ && parsed->shard < self->shards_->count();
  const bool is_delivered =
      is_here && co_await on_shard(self->shards_, parsed->shard,
                                   deliver_here(self, *parsed, std::move(answer)));
  (is_delivered ? self->delivered_ : self->without_client_).add();
  co_return is_delivered ? Outcome::kDelivered : Outcome::kNobody;
}

Task<bool> AnswerService::deliver_here(Ref<AnswerService> self, Correlation correlation,
                                       Answer answer) {
  co_return self->pending().deliver(correlation, std::move(answer));
}

}  // namespace rig::proxy

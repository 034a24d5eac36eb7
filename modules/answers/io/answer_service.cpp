#include "io/answer_service.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <utility>

namespace rig::answers {
namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

metrics::Counter& counter(metrics::Registry& registry, std::string_view result) {
  return registry.counter({"rig_proxy_answers_total", "Answers that came another way"},
                          {{"result", std::string(result)}});
}

}  // namespace

class AnswerService::OpenTicket final : public Ticket {
 public:
  OpenTicket(Part& part, const Correlation& correlation)
      : part_(part),
        secret_(correlation.secret),
        correlation_(correlation.text()),
        timer_(part.executor) {
    part_.tickets.emplace(secret_, this);
  }
  ~OpenTicket() override { part_.tickets.erase(secret_); }
  OpenTicket(const OpenTicket&) = delete;
  OpenTicket& operator=(const OpenTicket&) = delete;

  [[nodiscard]] const std::string& correlation() const noexcept override { return correlation_; }
  Task<std::optional<Answer>> wait(Deadline deadline) override { return wait(*this, deadline); }

  /// False: there was one before, and the first one counts.
  bool take(Answer answer) {
    if (std::exchange(has_answer_, true)) return false;
    answer_ = std::move(answer);
    timer_.cancel();
    return true;
  }

 private:
  static Task<std::optional<Answer>> wait(Ref<OpenTicket> self, Deadline deadline) {
    self->timer_.expires_at(deadline.at);
    while (!self->has_answer_ && !deadline.passed())
      (void)co_await self->timer_.async_wait(kUseTaskTuple);
    co_return std::exchange(self->answer_, std::nullopt);
  }

  Part& part_;
  const Correlation::Secret secret_;
  const std::string correlation_;
  Timer timer_;
  std::optional<Answer> answer_;
  bool has_answer_ = false;
};

AnswerService::AnswerService(Shards& shards, metrics::Registry& registry)
    : node_(std::random_device{}()),
      shards_(shards),
      delivered_(counter(registry, "delivered")),
      without_client_(counter(registry, "nobody")),
      invalid_(counter(registry, "invalid")),
      parts_(shards) {}

Task<> AnswerService::start() {
  const auto make = [this](ShardId shard) {
    return std::unique_ptr<Part>(new Part{shards_->executor(shard), {}});
  };
  co_await parts_.start(make);
}

Task<> AnswerService::stop() { co_await parts_.stop(); }

std::unique_ptr<Ticket> AnswerService::open() {
  return std::make_unique<OpenTicket>(parts_.local(), Correlation::make(node_, current_shard()));
}

std::string AnswerService::without_ticket() const {
  return Correlation::make(node_, current_shard()).text();
}

Task<Inbox::Outcome> AnswerService::deliver(std::string correlation, Answer answer) {
  return find_and_deliver(Ref(*this), std::move(correlation), std::move(answer));
}

Task<Inbox::Outcome> AnswerService::find_and_deliver(Ref<AnswerService> self,
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
  auto& tickets = self->parts_.local().tickets;
  const auto found = tickets.find(correlation.secret);
  co_return found != tickets.end() && found->second->take(std::move(answer));
}

}  // namespace rig::answers

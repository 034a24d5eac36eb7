#include "io/answer_service.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace rig::answers {
namespace {

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

const std::string kService = "answers";
constexpr std::chrono::seconds kCallTimeout{1};
constexpr std::string_view kDeliveredWord = "delivered";

metrics::Counter& counter(metrics::Registry& registry, std::string_view result) {
  return registry.counter({"rig_proxy_answers_total", "Answers that came another way"},
                          {{"result", std::string(result)}});
}

}  // namespace

class AnswerService::OpenTicket final : public Ticket {
 public:
  OpenTicket(Part& part, const Correlation& correlation, const peers::NodeIdentity& here)
      : part_(part),
        secret_(correlation.secret),
        correlation_(sealed_text(correlation, here)),
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

AnswerService::AnswerService(Shards& shards, const peers::NodeIdentity& here, peers::Calls& calls,
                             metrics::Registry& registry)
    : shards_(shards),
      here_(here),
      calls_(calls),
      delivered_(counter(registry, "delivered")),
      without_client_(counter(registry, "nobody")),
      invalid_(counter(registry, "invalid")),
      unreachable_(counter(registry, "unreachable")),
      parts_(shards) {}

Task<> AnswerService::start() {
  const auto make = [this](ShardId shard) {
    return std::unique_ptr<Part>(new Part{shards_->executor(shard), {}});
  };
  co_await parts_.start(make);
  calls_->serve(kService, [self = Ref(*this)](std::string text) {
    return answer_call(self, std::move(text));
  });
}

Task<> AnswerService::stop() {
  co_await calls_->withdraw(kService);
  co_await parts_.stop();
}

std::unique_ptr<Ticket> AnswerService::open() {
  return std::make_unique<OpenTicket>(parts_.local(),
                                      Correlation::make(here_->id(), current_shard()), *here_);
}

std::string AnswerService::without_ticket() const {
  return sealed_text(Correlation::make(here_->id(), current_shard()), *here_);
}

Task<Inbox::Outcome> AnswerService::deliver(std::string correlation, Answer answer) {
  return find_and_deliver(Ref(*this), std::move(correlation), std::move(answer));
}

Task<Inbox::Outcome> AnswerService::find_and_deliver(Ref<AnswerService> self,
                                                     std::string correlation, Answer answer) {
  const auto parsed = parse_sealed(correlation, *self->here_);
  Outcome outcome = Outcome::kInvalid;
  if (parsed && parsed->node != peers::kNoNode && parsed->node != self->here_->id()) {
    AnswerCall call{std::move(correlation), std::move(answer)};
    outcome = co_await deliver_elsewhere(self, parsed->node, std::move(call));
  } else if (parsed) {
    outcome = co_await deliver_on_this_node(self, *parsed, std::move(answer));
  }
  self->count(outcome);
  co_return outcome;
}

Task<Inbox::Outcome> AnswerService::deliver_on_this_node(Ref<AnswerService> self,
                                                         Correlation correlation, Answer answer) {
  const bool is_here =
      correlation.node == self->here_->id() && correlation.shard < self->shards_->count();
  if (!is_here) co_return Outcome::kNobody;
  auto delivering = deliver_here(self, correlation, std::move(answer));
  const bool is_delivered =
      co_await on_shard(self->shards_, correlation.shard, std::move(delivering));
  co_return is_delivered ? Outcome::kDelivered : Outcome::kNobody;
}

Task<Inbox::Outcome> AnswerService::deliver_elsewhere(Ref<AnswerService> self, peers::NodeId node,
                                                      AnswerCall call) {
  const auto reply =
      co_await self->calls_->call(node, kService, to_text(call), Deadline::after(kCallTimeout));
  if (reply) co_return *reply == kDeliveredWord ? Outcome::kDelivered : Outcome::kNobody;
  co_return reply.error() == peers::CallFailure::kNoSuchNode ? Outcome::kNobody
                                                             : Outcome::kUnreachable;
}

/// An answer that came to another node; counted there.
Task<std::string> AnswerService::answer_call(Ref<AnswerService> self, std::string text) {
  auto call = parse_answer_call(text);
  const auto correlation = call ? parse_sealed(call->correlation, *self->here_) : std::nullopt;
  if (!correlation) co_return "";
  const auto outcome = co_await deliver_on_this_node(self, *correlation, std::move(call->answer));
  co_return outcome == Outcome::kDelivered ? std::string(kDeliveredWord) : "";
}

void AnswerService::count(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kDelivered: return delivered_.add();
    case Outcome::kNobody: return without_client_.add();
    case Outcome::kInvalid: return invalid_.add();
    case Outcome::kUnreachable: break;
  }
  unreachable_.add();
}

Task<bool> AnswerService::deliver_here(Ref<AnswerService> self, Correlation correlation,
                                       Answer answer) {
  auto& tickets = self->parts_.local().tickets;
  const auto found = tickets.find(correlation.secret);
  co_return found != tickets.end() && found->second->take(std::move(answer));
}

}  // namespace rig::answers

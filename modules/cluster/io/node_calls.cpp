#include "io/node_calls.hpp"

#include "logic/reply_parts.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

namespace rig::cluster {
namespace {

using peers::CallFailure;
using peers::CallResult;
using NodeAnswer = peers::Calls::NodeAnswer;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr unsigned kShardBits = 16;              // the lowest of a call's number
constexpr std::size_t kPartBytes = 512U << 10U;  // half of what servers take by default
constexpr std::string_view kUnknownNode = "unknown nodes: there is no connection to them";
constexpr std::size_t kArrivingMax = 16'384;  // calls on their way to shard 0

}  // namespace

/// What a shard waits for.
struct NodeCalls::Caller {
  std::map<std::uint64_t, Waiting*> waiting;
  std::uint64_t last = 0;
};

/// One call; its place in the table lasts as long as the object.
class NodeCalls::Waiting {
 public:
  Waiting(Caller& caller, Executor executor, Deadline deadline)
      : caller_(caller),
        number_(++caller.last << kShardBits | current_shard()),
        deadline_(deadline),
        timer_(executor) {
    caller_.waiting.emplace(number_, this);
  }
  ~Waiting() { caller_.waiting.erase(number_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  void add(std::string_view part) {
    if (auto whole = parts_.add(part)) end(*std::move(whole));
  }
  void end(CallResult result) {
    result_ = std::move(result);
    timer_.cancel();
  }
  static Task<CallResult> wait(Ref<Waiting> self) {
    self->timer_.expires_at(self->deadline_.at);
    while (!self->result_ && !self->deadline_.passed())
      (void)co_await self->timer_.async_wait(kUseTaskTuple);
    co_return self->result_ ? *std::move(self->result_) : CallResult(CallFailure::kTimedOut);
  }

 private:
  Caller& caller_;
  const std::uint64_t number_;
  const Deadline deadline_;
  Timer timer_;
  ReplyParts parts_;
  std::optional<CallResult> result_;
};

NodeCalls::NodeCalls(Ref<Shards> shards, Ref<nats::Link> link, Ref<peers::CallExchange> exchange,
                     CallSubjects subjects, Others others, metrics::Registry& registry)
    : shards_(shards),
      link_(link),
      exchange_(exchange),
      subjects_(std::move(subjects)),
      others_(std::move(others)),
      metrics_(registry),
      here_(std::make_shared<Here>(this)) {
  for (std::size_t i = 0; i < shards->count(); ++i) callers_.push_back(std::make_shared<Caller>());
  exchange->connect(*this);
}

NodeCalls::~NodeCalls() = default;

void NodeCalls::start() {
  link_->subscribe(subjects_.replies_here());
  link_->subscribe(subjects_.calls_here());
}

void NodeCalls::stop() noexcept { here_->calls = nullptr; }

Task<CallResult> NodeCalls::call(peers::NodeId node, std::string service, std::string request,
                                 Deadline deadline) {
  return ask(Ref(*this), subjects_.call(node, service), std::move(request), deadline);
}

Task<CallResult> NodeCalls::ask(Ref<NodeCalls> self, std::string subject, std::string request,
                                Deadline deadline) {
  co_return co_await end(self, self->begin(std::move(subject), std::move(request), deadline));
}

Task<std::vector<NodeAnswer>> NodeCalls::call_all(std::string service, std::string request,
                                                  Deadline deadline) {
  return ask_all(Ref(*this), std::move(service), std::move(request), deadline);
}

/// All are asked before the first one is waited for, so together they take no longer than one.
Task<std::vector<NodeAnswer>> NodeCalls::ask_all(Ref<NodeCalls> self, std::string service,
                                                 std::string request, Deadline deadline) {
  std::vector<NodeAnswer> answers;
  // Who was there before the connection was lost is forgotten after a while.
  if (!self->link_->is_connected()) {
    answers.push_back({std::string(kUnknownNode), CallFailure::kUnreachable});
    co_return answers;
  }
  const auto others = co_await self->others_();
  std::vector<std::unique_ptr<Waiting>> calls;
  for (const auto& other : others)
    calls.push_back(self->begin(self->subjects_.call(other.id, service), request, deadline));
  for (std::size_t i = 0; i < others.size(); ++i) {
    auto result = co_await end(self, std::move(calls[i]));
    answers.push_back({others[i].name, std::move(result)});
  }
  co_return answers;
}

/// A call that has been made, on this shard; null if there is no connection for it.
std::unique_ptr<NodeCalls::Waiting> NodeCalls::begin(std::string subject, std::string request,
                                                     Deadline deadline) {
  if (!link_->is_connected()) return nullptr;
  const ShardId shard = current_shard();
  auto waiting = std::make_unique<Waiting>(*callers_[shard], shards_->executor(shard), deadline);
  nats::LinkMessage message{std::move(subject), subjects_.reply(waiting->number()),
                            std::move(request)};
  return link_->publish(std::move(message)) ? std::move(waiting) : nullptr;
}

Task<CallResult> NodeCalls::end(Ref<NodeCalls> self, std::unique_ptr<Waiting> waiting) {
  CallResult result = CallFailure::kUnreachable;
  if (waiting != nullptr) result = co_await Waiting::wait(*waiting);
  self->metrics_.count(result);
  co_return result;
}

bool NodeCalls::receive(nats::LinkMessage& message) noexcept {
  if (const auto number = subjects_.number_of(message.subject)) {
    with_caller(*number, [part = std::move(message.data)](Waiting& waiting) { waiting.add(part); });
    return true;
  }
  if (!subjects_.service_of(message.subject)) return false;
  if (!subjects_.is_reply(message.reply_to)) return true;
  if (here_->arriving.fetch_add(1) >= kArrivingMax) {
    here_->arriving.fetch_sub(1);
    answer(message.reply_to, std::nullopt);
    return true;
  }
  shards_->post(0, [here = here_, message = std::move(message)]() mutable {
    here->arriving.fetch_sub(1);
    if (here->calls != nullptr) here->calls->take(std::move(message));
  });
  return true;
}

bool NodeCalls::unanswered(std::string_view reply_to) noexcept {
  const auto number = subjects_.number_of(reply_to);
  if (!number) return false;
  with_caller(*number, [](Waiting& waiting) { waiting.end(CallFailure::kNoSuchNode); });
  return true;
}

/// On the shard that waits, unless it does not wait any longer.
template <class Work>
void NodeCalls::with_caller(std::uint64_t number, Work work) noexcept {
  const auto shard = static_cast<ShardId>(number & ((1U << kShardBits) - 1));
  if (shard >= callers_.size()) return;
  shards_->post(shard, [caller = callers_[shard], number, work = std::move(work)] {
    const auto found = caller->waiting.find(number);
    if (found != caller->waiting.end()) work(*found->second);
  });
}

void NodeCalls::take(nats::LinkMessage message) {
  metrics_.taken.add();
  const auto service = *subjects_.service_of(message.subject);
  auto reply = [here = here_, to = std::move(message.reply_to)](std::optional<std::string> text) {
    if (here->calls != nullptr) here->calls->answer(to, text);
  };
  exchange_->take(service, std::move(message.data), std::move(reply));
}

void NodeCalls::answer(const std::string& to, const std::optional<std::string>& text) {
  // What does not get out is noticed by whoever waits for it.
  for (auto& part : parts_of(text, kPartBytes)) (void)link_->publish({to, {}, std::move(part)});
}

}  // namespace rig::cluster

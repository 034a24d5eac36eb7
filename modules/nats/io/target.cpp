#include "io/target.hpp"

#include "io/headers.hpp"
#include "logic/subject.hpp"

#include <rig/answers/message.hpp>
#include <rig/core/deadline.hpp>
#include <rig/core/log.hpp>

#include <cstddef>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace rig::nats {
namespace {

using Outcome = proxy::MessageTarget::Result::Outcome;
using std::chrono::seconds;

constexpr seconds kLogInterval{1};
constexpr int kPendingRepliesMax = 65'536;
constexpr std::size_t kPendingReplyBytesMax = 64U << 20;

/// Nobody else on the servers may guess where replies are awaited.
std::string random_name() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;
  std::string name;
  while (name.size() < 32) name += kDigits[random() % 16];
  return name;
}

metrics::Counter& refused(metrics::Registry& registry, std::string_view what) {
  return registry.counter(
      {"rig_nats_target_overflows_total", "What was refused because too much was waiting"},
      {{"what", std::string(what)}});
}

proxy::MessageTarget::Result unavailable(std::string reason) {
  return {.outcome = Outcome::kUnavailable, .answer = {}, .reason = std::move(reason)};
}

proxy::MessageTarget::Result to_result(Published published, std::string reason) {
  switch (published) {
    case Published::kConfirmed:
    case Published::kSent: return {.outcome = Outcome::kTaken, .answer = {}, .reason = {}};
    case Published::kRefused:
      return {.outcome = Outcome::kRefused, .answer = {}, .reason = std::move(reason)};
    case Published::kFailed: break;
  }
  return unavailable(std::move(reason));
}

}  // namespace

Target::Target(TargetConfig config, Shards& shards, metrics::Registry& registry)
    : config_(config),
      inbox_(random_name()),
      shards_(shards),
      registry_(registry),
      queue_full_(refused(registry, "request")),
      replies_dropped_(refused(registry, "reply")),
      bad_pace_(kLogInterval),
      publisher_(config),
      parts_(shards),
      replies_(
          inbox_.pattern(), {kPendingRepliesMax, kPendingReplyBytesMax},
          [this](natsMsg* message) { receive(message); },
          [this](std::uint64_t messages) { replies_dropped_.add(messages); }) {}

Task<> Target::start(Ref<const Connection> connection) {
  connection_ = &connection.get();
  publisher_.start();
  auto make = [this](ShardId shard) {
    return std::make_unique<Part>(shards_->executor(shard), registry_);
  };
  return parts_.start(std::move(make));
}

Task<> Target::stop() { return parts_.stop(); }

natsStatus Target::opened(OpenConnection connection) {
  if (const auto status = replies_.open(connection); status != NATS_OK) return status;
  publisher_.use(connection);
  return NATS_OK;
}

void Target::closing() noexcept {
  publisher_.use(nullptr);
  replies_.close();
}

Task<Target::Result> Target::publish(Message message) {
  return publish_now(Ref(*this), std::move(message));
}

Task<Target::Result> Target::request(Message message, std::chrono::milliseconds timeout) {
  return request_now(Ref(*this), std::move(message), timeout);
}

std::optional<Target::Result> Target::refusal(const Message& message) const {
  if (!is_subject(message.topic)) {
    return Result{.outcome = Outcome::kRefused,
                  .answer = {},
                  .reason = "the topic is no subject that can be published to"};
  }
  if (!connection_->is_connected()) return unavailable("there is no connection to NATS");
  return std::nullopt;
}

Task<Target::Result> Target::publish_now(Ref<Target> self, Message message) {
  Part& part = self->parts_.local();
  const std::string topic = message.topic;
  auto result = self->refusal(message);
  if (!result) {
    Calls::Call call(part.calls);
    const ReplyAddress address{current_shard(), call.id()};
    if (!self->submit(std::move(message), {}, address)) {
      result = unavailable("too many requests wait for NATS");
    } else {
      // Those that were before it, and its own turn.
      result = co_await Calls::Call::wait(Ref(call), Deadline::after(2 * self->config_.timeout));
    }
  }
  if (!result) result = unavailable("it was not published in time");
  part.produced.count(topic, result->outcome == Outcome::kTaken);
  co_return *std::move(result);
}

Task<Target::Result> Target::request_now(Ref<Target> self, Message message,
                                         std::chrono::milliseconds timeout) {
  Part& part = self->parts_.local();
  const std::string topic = message.topic;
  auto result = self->refusal(message);
  if (!result) {
    Calls::Call call(part.calls);
    const ReplyAddress address{current_shard(), call.id()};
    if (!self->submit(std::move(message), self->inbox_.subject_of(address), address)) {
      result = unavailable("too many requests wait for NATS");
    } else {
      result = co_await Calls::Call::wait(Ref(call), Deadline::after(timeout));
    }
  }
  if (!result) {
    result =
        Result{.outcome = Outcome::kTimeout, .answer = {}, .reason = "there was no reply in time"};
  }
  const auto outcome = result->outcome;
  part.produced.count(topic, outcome == Outcome::kAnswered || outcome == Outcome::kTimeout);
  co_return *std::move(result);
}

/// What was sent with a reply subject is over when the reply comes; else when it is published.
bool Target::submit(Message message, std::string reply_to, ReplyAddress address) {
  auto done = [this, address](Published published, std::string reason) {
    if (published != Published::kSent) finish(address, to_result(published, std::move(reason)));
  };
  const bool is_waiting = publisher_.submit({.subject = std::move(message.topic),
                                             .reply_to = std::move(reply_to),
                                             .data = std::move(message.event),
                                             .done = std::move(done)});
  if (!is_waiting) queue_full_.add();
  return is_waiting;
}

void Target::finish(ReplyAddress address, Result result) {
  shards_->post(address.shard, [this, address, result = std::move(result)]() mutable {
    parts_.local().calls.finish(address.call, std::move(result));
  });
}

/// On a thread of the library. Anybody on the servers can send some here.
void Target::receive(natsMsg* message) {
  const auto address = inbox_.address_of(natsMsg_GetSubject(message));
  if (!address || address->shard >= shards_->count()) return;
  if (!shards_->accepts(address->shard)) return replies_dropped_.add();
  finish(*address, result_of(message));
}

Target::Result Target::result_of(natsMsg* message) {
  if (natsMsg_IsNoResponders(message)) return unavailable("nobody listens to the subject");
  const auto headers = headers_of(message);
  const std::vector<answers::MessageHeader> views(headers.begin(), headers.end());
  auto reply = answers::read_message(views, std::string(data_of(message)));
  if (reply) {
    return {.outcome = Outcome::kAnswered, .answer = std::move(reply->answer), .reason = {}};
  }
  if (const auto passed_over = bad_pace_.due(Pace::Clock::now())) {
    RIG_LOG(kWarn, "a reply from NATS cannot be an answer",
            {"reason", "rig-response-code is not between 200 and 599"},
            {"others_before", *passed_over});
  }
  return {.outcome = Outcome::kAnswered,
          .answer = {.status = 502,
                     .headers = {{"content-type", "application/json; charset=utf-8"}},
                     .body = R"({"error":"the reply has no valid status"})"},
          .reason = {}};
}

}  // namespace rig::nats

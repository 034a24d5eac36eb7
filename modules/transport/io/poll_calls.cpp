#include "io/poll_calls.hpp"

#include "io/long_poll_session.hpp"
#include "logic/call_messages.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace rig::transport {
namespace {

using peers::CallFailure;
using std::chrono::milliseconds;

constexpr milliseconds kWaitMax{5'000};
constexpr milliseconds kOnTheWay{1'000};

bool is_over(const TransportContext& context, Deadline deadline) {
  return deadline.passed() || context.lifecycle.phase() >= Phase::kDraining;
}

Task<std::optional<PollPage>> poll_on_shard(Ref<Sharded<TransportShard>> parts,
                                            ConnectionToken token, std::string seen,
                                            Deadline deadline) {
  auto session = parts->local().find_long_poll(token);
  if (session == nullptr) co_return std::nullopt;
  co_return co_await LongPollSession::poll(std::move(session), std::move(seen), deadline);
}

}  // namespace

Task<std::optional<PollPage>> poll_here(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                                        ConnectionToken token, std::string seen,
                                        Deadline deadline) {
  if (token.shard >= shards->count()) co_return std::nullopt;
  auto polling = poll_on_shard(parts, token, std::move(seen), deadline);
  co_return co_await on_shard(shards, token.shard, std::move(polling));
}

Task<boost::system::result<std::optional<PollPage>, CallFailure>> poll_elsewhere(
    Ref<const TransportContext> context, ConnectionToken token, std::string seen,
    Deadline deadline) {
  PollCall call{sealed_text(token, context->node), std::move(seen), kWaitMax};
  bool was_late = false;
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline.left());
    // Whether a node that was late is still there is told at once.
    call.wait = was_late ? milliseconds(0) : std::min(left, kWaitMax);
    const auto text =
        co_await context->calls.call(token.node, std::string(kPollService), to_call(call),
                                     Deadline::after(call.wait + kOnTheWay));
    if (!text && text.error() == CallFailure::kNoSuchNode) co_return std::nullopt;
    const bool is_late = !text && text.error() == CallFailure::kTimedOut;
    if (!text && (!is_late || was_late)) co_return text.error();
    was_late = is_late;
    if (is_late) continue;
    auto answer = poll_of_answer(*text);
    if (!answer) co_return CallFailure::kRefused;
    if (!answer->may_come || is_over(*context, deadline)) co_return std::move(answer->page);
  }
}

Task<std::string> answer_poll_call(Ref<Shards> shards, Ref<Sharded<TransportShard>> parts,
                                   Ref<const peers::NodeIdentity> here, std::string call) {
  auto poll = poll_of_call(call);
  const auto token = poll ? parse_sealed(poll->token, *here) : std::nullopt;
  PollAnswer answer;
  if (!token || token->node != here->id()) co_return to_answer(answer);
  const auto deadline = Deadline::after(std::min(poll->wait, kWaitMax));
  answer.page = co_await poll_here(shards, parts, *token, std::move(poll->seen), deadline);
  answer.may_come = answer.page && answer.page->events == "[]" && deadline.passed();
  co_return to_answer(answer);
}

}  // namespace rig::transport

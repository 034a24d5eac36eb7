#include "io/calls.hpp"

#include <utility>

namespace rig::nats {

Calls::Call::Call(Calls& calls) : calls_(calls), id_(++calls.last_id_), timer_(calls.executor_) {
  calls_.waiting_.emplace(id_, this);
}

Task<std::optional<Calls::Result>> Calls::Call::wait(Ref<Call> self, Deadline deadline) {
  self->timer_.expires_at(deadline.at);
  // It ends early for a result, or when the client leaves.
  if (!self->result_) (void)co_await self->timer_.async_wait(kUseTaskTuple);
  co_return std::exchange(self->result_, std::nullopt);
}

void Calls::finish(std::uint64_t id, Result result) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end() || found->second->result_) return;
  found->second->result_ = std::move(result);
  found->second->timer_.cancel();
}

}  // namespace rig::nats

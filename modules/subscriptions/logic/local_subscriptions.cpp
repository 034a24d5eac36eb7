#include "logic/local_subscriptions.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace rig::subscriptions {
namespace {

/// The types whose events the list can match, each once.
std::vector<std::string_view> types_of(const SubscriptionList& list) {
  std::vector<std::string_view> types;
  for (const Subscription& subscription : list) {
    if (!subscription.clauses.empty()) types.emplace_back(subscription.event_type);
  }
  std::ranges::sort(types);
  const auto repeated = std::ranges::unique(types);
  types.erase(repeated.begin(), repeated.end());
  return types;
}

}  // namespace

void LocalSubscriptions::replace(Subscriber& subscriber, SubscriptionList list) {
  const auto ticket = ++last_ticket_;
  // The new set holds its types before any other lets go of them: types that stay are never idle.
  const std::size_t unanswered = interest_.hold(types_of(list), ticket);
  stop_waiting(subscriber);
  if (unanswered != 0) {
    waiting_.emplace(ticket, WaitingSet{&subscriber, std::move(list), unanswered});
    ticket_of_.emplace(&subscriber, ticket);
    state_of(subscriber).waiting_for_shards = true;
    return;
  }
  put_in_force(subscriber, list);
  subscriber.subscriptions_effective();
}

void LocalSubscriptions::remove(Subscriber& subscriber) {
  stop_waiting(subscriber);
  take_out_of_force(subscriber);
}

void LocalSubscriptions::receive(ShardId from, const InterestMessage& message) {
  std::vector<Interest::Ticket> noted;
  interest_.receive(from, message, noted);
  for (const Interest::Ticket ticket : noted) {
    // Whoever stopped waiting, also during this loop, has no entry.
    const auto at = waiting_.find(ticket);
    if (at == waiting_.end() || --at->second.types_unanswered != 0) continue;
    const WaitingSet ready = take_waiting(ticket);
    put_in_force(*ready.subscriber, ready.list);
    ready.subscriber->subscriptions_effective();
  }
}

/// The index holds each of its types once; the list's own hold is handed back.
void LocalSubscriptions::put_in_force(Subscriber& subscriber, const SubscriptionList& list) {
  take_out_of_force(subscriber);
  for (const Subscription& subscription : list) {
    if (index_.add(subscriber, subscription)) interest_.hold(subscription.event_type);
  }
  state_of(subscriber).subscriptions = static_cast<std::uint32_t>(list.size());
  in_force_ += list.size();
  release_types(list);
}

void LocalSubscriptions::take_out_of_force(Subscriber& subscriber) {
  for (const std::string& type : index_.remove(subscriber)) interest_.release(type);
  in_force_ -= std::exchange(state_of(subscriber).subscriptions, 0);
}

void LocalSubscriptions::stop_waiting(Subscriber& subscriber) {
  if (!state_of(subscriber).waiting_for_shards) return;
  const WaitingSet given_up = take_waiting(ticket_of_.at(&subscriber));
  release_types(given_up.list);
}

LocalSubscriptions::WaitingSet LocalSubscriptions::take_waiting(Interest::Ticket ticket) {
  const auto at = waiting_.find(ticket);
  RIG_ASSERT(at != waiting_.end());
  WaitingSet set = std::move(at->second);
  waiting_.erase(at);
  ticket_of_.erase(set.subscriber);
  state_of(*set.subscriber).waiting_for_shards = false;
  if (waiting_.empty()) {  // after a storm of connections its memory goes back
    waiting_.rehash(0);
    ticket_of_.rehash(0);
  }
  return set;
}

void LocalSubscriptions::release_types(const SubscriptionList& list) {
  for (const std::string_view type : types_of(list)) interest_.release(type);
}

}  // namespace rig::subscriptions

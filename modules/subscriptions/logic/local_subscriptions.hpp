#pragma once

#include "logic/event_log.hpp"
#include "logic/index.hpp"
#include "logic/interest.hpp"

#include <rig/core/shard_id.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::subscriptions {

/// The subscriptions of one shard: the index of those in force, the sets that wait until all shards
/// know of them, and the shard's copy of who wants what. A set waits as a whole; until it is in
/// force, the one before it is.
class LocalSubscriptions {
 public:
  LocalSubscriptions(ShardId self, std::size_t shards, InterestPostman& postman)
      : interest_(self, shards, postman) {}

  /// On the shard of the log: the types that anybody wants are recorded, and for `grace_sweeps`
  /// more sweeps when nobody does any longer, at most `types_max` of them.
  void record_in(EventLog& log, std::size_t grace_sweeps, std::size_t types_max);

  void replace(Subscriber& subscriber, SubscriptionList list);
  void remove(Subscriber& subscriber);
  /// Of one that came from another node, what it had got there; see `Ahead`.
  void note_seen(Subscriber& subscriber, Seen seen, std::uint64_t until) {
    index_.ahead().add(subscriber, std::move(seen), until);
  }
  void receive(ShardId from, const InterestMessage& message);

  [[nodiscard]] const ShardSet* wanted_by(std::string_view type) const noexcept {
    return interest_.wanted_by(type);
  }
  std::span<const Matched> match(std::span<const cloudevents::EventRef> events) noexcept {
    return index_.match(events);
  }

  /// Tells all who have subscriptions in force.
  void tell(const Gap& gap) noexcept { index_.tell(gap); }

  void sweep();
  [[nodiscard]] bool has_to_sweep() const noexcept {
    return interest_.has_idle() || !recorded_.empty();
  }

  [[nodiscard]] std::size_t in_force() const noexcept { return in_force_; }
  [[nodiscard]] const Index& index() const noexcept { return index_; }
  [[nodiscard]] const Interest& interest() const noexcept { return interest_; }

 private:
  /// A set that is not in force yet.
  struct WaitingSet {
    Subscriber* subscriber;
    SubscriptionList list;
    std::size_t types_unanswered;
  };

  void put_in_force(Subscriber& subscriber, const SubscriptionList& list);
  void take_out_of_force(Subscriber& subscriber);
  void stop_waiting(Subscriber& subscriber);
  WaitingSet take_waiting(Interest::Ticket ticket);
  void release_types(const SubscriptionList& list);
  void record(std::string_view type);

  Interest interest_;
  Index index_;
  Interest::Ticket last_ticket_ = 0;
  boost::unordered_flat_map<Interest::Ticket, WaitingSet> waiting_;
  boost::unordered_flat_map<const Subscriber*, Interest::Ticket> ticket_of_;
  std::size_t in_force_ = 0;
  // Of the shard of the log.
  EventLog* log_ = nullptr;
  std::size_t grace_sweeps_ = 0;
  std::size_t recorded_max_ = 0;
  boost::unordered_flat_map<std::string, std::size_t> recorded_;  // sweeps that nobody wanted it
};

}  // namespace rig::subscriptions

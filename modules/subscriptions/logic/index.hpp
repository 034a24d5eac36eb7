#pragma once

#include "logic/ahead.hpp"
#include "logic/node_table.hpp"

#include <rig/cloudevents/event.hpp>
#include <rig/subscriptions/subscription.hpp>
#include <rig/subscriptions/subscriptions.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::metrics {
class Counter;
}

namespace rig::subscriptions {

struct FieldSet;
struct TypeIndex;

/// What a match found.
struct Matched {
  std::size_t deliveries = 0;
  /// Where the caller may keep the counter of the event's type, null at first, for as long as the
  /// type has subscribers. Null if it has none.
  metrics::Counter** counter = nullptr;
};

/// Who gets which event on one shard: event type → sets of fields that its clauses ask for → hash
/// of their values → subscribers. An event costs one search per set of fields in use and then its
/// matches, however many subscriptions there are; nothing is allocated. What is empty is freed, so
/// the memory follows the subscriptions in force.
class Index {
 public:
  static constexpr std::size_t kFieldsMax = 64;  ///< per event type: a set of fields is one word

  /// `hash_mask`: the bits of the values' hashes to use; with few, a test sees what collisions do.
  explicit Index(std::uint64_t hash_mask = ~std::uint64_t{0});
  ~Index();  ///< forgets the subscribers that are left
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  /// True if this is the first subscription of its type. All subscriptions of a subscriber are
  /// added together; what it has already is not added twice.
  bool add(Subscriber& subscriber, const Subscription& subscription);

  /// Removes all subscriptions of `subscriber`, at a cost per clause. Returns the types that nobody
  /// subscribes to any more.
  std::vector<std::string> remove(Subscriber& subscriber);

  /// Delivers each of `events`, in their order, to each subscriber that has a clause for it, once.
  /// The answer has a place for each event and is valid until the next call.
  std::span<const Matched> match(std::span<const cloudevents::EventRef> events) noexcept;

  /// Those who have seen some of the events already.
  [[nodiscard]] Ahead& ahead() noexcept { return ahead_; }

  /// Tells each subscriber of a gap, once.
  void tell(const Gap& gap) noexcept;

  [[nodiscard]] std::size_t types() const noexcept { return types_.size(); }

 private:
  /// A bucket that gets an event if it exists.
  struct Search {
    const FieldSet* fields;  ///< where to look; null if `bucket` is known
    std::uint64_t hash;
    std::size_t event;  ///< its place among those that are matched
    const Bucket* bucket;
  };

  void plan(const cloudevents::Event& event);
  void search(std::span<const cloudevents::EventRef> events);
  void deliver(std::span<const cloudevents::EventRef> events) noexcept;
  void drop(Bucket& bucket, std::vector<std::string>& emptied_types);

  const std::uint64_t hash_mask_;
  NodeTable<TypeIndex> types_;
  Ahead ahead_;
  std::uint64_t match_number_ = 0;
  // Of the events being matched, and the answer; they keep their memory.
  std::vector<Search> searches_;
  std::vector<Matched> matched_;
  bool is_matching_ = false;
};

}  // namespace rig::subscriptions

#include "logic/index.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <utility>

namespace rig::subscriptions {
using cloudevents::FieldValue;

namespace {

constexpr std::size_t kEventsAtOnce = 16;

/// A set of fields, by their positions.
using FieldMask = std::uint64_t;

template <class Visit>
void for_each_position(FieldMask mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(std::countr_zero(mask)));
}

FieldMask mask_of(const Clause& clause) {
  FieldMask mask = 0;
  for (const auto& [position, value] : clause.fields) {
    RIG_ASSERT(position < Index::kFieldsMax && !value.is_nothing());
    mask |= FieldMask{1} << position;
  }
  RIG_ASSERT(static_cast<std::size_t>(std::popcount(mask)) == clause.fields.size());
  return mask;
}

/// The fields for which the event has a value to compare.
FieldMask present_fields(const std::vector<FieldValue>& fields) noexcept {
  FieldMask mask = 0;
  const std::size_t count = std::min(fields.size(), Index::kFieldsMax);
  for (std::size_t i = 0; i < count; ++i) {
    if (!fields[i].is_nothing()) mask |= FieldMask{1} << i;
  }
  return mask;
}

std::uint64_t hash_fields(FieldMask mask, const std::vector<FieldValue>& fields) noexcept {
  std::uint64_t hash = hash_seed();
  for_each_position(mask, [&](std::size_t i) { hash = combine(hash, fields[i].hash()); });
  return hash;
}

template <class Values>
std::uint64_t hash_values(const Values& values) noexcept {
  std::uint64_t hash = hash_seed();
  for (const FieldValue& value : values) hash = combine(hash, value.hash());
  return hash;
}

}  // namespace

/// Where a bucket belongs.
struct BucketOwner {
  TypeIndex* type;
  FieldMask mask;
};

/// The subscribers that ask for the same values of the same fields. The values stand behind the
/// object, in the same allocation: one bucket per connection is common (a field with the user's
/// name), so its bytes count.
class Bucket {
 public:
  struct Delete {
    void operator()(Bucket* bucket) const noexcept {
      std::destroy_n(bucket->first_value(), bucket->size());
      std::destroy_at(bucket);
      ::operator delete(bucket);
    }
  };
  using Ptr = std::unique_ptr<Bucket, Delete>;

  static Ptr make(const BucketOwner& owner, const Clause& clause) {
    static_assert(alignof(FieldValue) <= alignof(Bucket));
    void* memory = ::operator new(sizeof(Bucket) + clause.fields.size() * sizeof(FieldValue));
    auto* bucket = new (memory) Bucket(owner);
    FieldValue* at = bucket->first_value();
    for (const auto& [position, value] : clause.fields) new (at++) FieldValue(value);
    return Ptr(bucket);
  }

  explicit Bucket(const BucketOwner& of) noexcept : owner(&of) {}

  [[nodiscard]] std::span<const FieldValue> values() const noexcept {
    return {const_cast<Bucket*>(this)->first_value(), size()};
  }
  [[nodiscard]] bool holds_for(const std::vector<FieldValue>& fields) const noexcept {
    const FieldValue* value = values().data();
    bool holds = true;
    for_each_position(owner->mask, [&](std::size_t i) { holds = holds && *value++ == fields[i]; });
    return holds;
  }
  [[nodiscard]] bool is_of(const Clause& clause) const noexcept {
    return std::ranges::equal(values(), clause.fields, {}, {},
                              [](const auto& field) -> const FieldValue& { return field.second; });
  }

  const BucketOwner* owner;
  LinkList<Subscriber> subscribers;

 private:
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(std::popcount(owner->mask));
  }
  FieldValue* first_value() noexcept {
    return std::launder(reinterpret_cast<FieldValue*>(this + 1));
  }
};

/// The clauses of one type that ask for the same fields.
struct FieldSet : BucketOwner {
  FieldSet(TypeIndex& of, FieldMask fields) : BucketOwner{&of, fields} {}

  NodeTable<Bucket, Bucket::Delete> buckets;
};

struct TypeIndex {
  explicit TypeIndex(std::string_view type) : name(type) {}

  std::string name;
  BucketOwner any_owner{this, 0};
  Bucket any{any_owner};  // the clauses without fields: every event of the type
  std::vector<std::unique_ptr<FieldSet>> field_sets;
  metrics::Counter* counter = nullptr;

  [[nodiscard]] bool is_empty() const noexcept {
    return any.subscribers.empty() && field_sets.empty();
  }
  FieldSet& field_set(FieldMask mask) {
    for (const auto& set : field_sets) {
      if (set->mask == mask) return *set;
    }
    field_sets.push_back(std::make_unique<FieldSet>(*this, mask));
    return *field_sets.back();
  }
  Bucket& bucket(const Clause& clause, std::uint64_t hash_mask) {
    const FieldMask mask = mask_of(clause);
    if (mask == 0) return any;
    FieldSet& set = field_set(mask);
    const auto hash = hash_values(clause.fields | std::views::values) & hash_mask;
    Bucket* found = set.buckets.find(hash, [&](const Bucket& b) { return b.is_of(clause); });
    return found != nullptr ? *found : set.buckets.insert(hash, Bucket::make(set, clause));
  }
};

template <class Visit>
void for_each_bucket(const NodeTable<TypeIndex>& types, Visit visit) {
  types.for_each([&](const TypeIndex& type) {
    visit(type.any);
    for (const auto& set : type.field_sets) set->buckets.for_each(visit);
  });
}

Index::Index(std::uint64_t hash_mask) : hash_mask_(hash_mask) {}

Index::~Index() {
  for_each_bucket(types_, [](const Bucket& bucket) {
    bucket.subscribers.for_each_target([](Subscriber& s) { state_of(s).buckets.clear(); });
  });
}

bool Index::add(Subscriber& subscriber, const Subscription& subscription) {
  RIG_ASSERT(!is_matching_);
  if (subscription.clauses.empty()) return false;
  const auto hash = hash_of(subscription.event_type);
  TypeIndex* type = find_type(types_, hash, subscription.event_type);
  const bool is_new = type == nullptr;
  if (is_new) type = &types_.insert(hash, std::make_unique<TypeIndex>(subscription.event_type));

  auto& own = state_of(subscriber).buckets;
  for (const Clause& clause : subscription.clauses) {
    Bucket& bucket = type->bucket(clause, hash_mask_);
    auto& others = bucket.subscribers;
    // Subscribers add everything at once, so whoever is in the bucket already is its last one.
    if (!others.empty() && others.back().target == &subscriber) continue;
    own.push_back({&bucket, others.size()});
    others.push_back({&subscriber, own.size() - 1});
  }
  return is_new;
}

/// As a match: who was told has the number.
void Index::tell(const Gap& gap) noexcept {
  ++match_number_;
  for_each_bucket(types_, [&](const Bucket& bucket) {
    bucket.subscribers.for_each_target([&](Subscriber& subscriber) {
      if (std::exchange(state_of(subscriber).last_match, match_number_) != match_number_)
        subscriber.gap(gap);
    });
  });
}

std::vector<std::string> Index::remove(Subscriber& subscriber) {
  RIG_ASSERT(!is_matching_);
  std::vector<std::string> emptied_types;
  auto& own = state_of(subscriber).buckets;
  for (std::uint32_t i = 0; i < own.size(); ++i) {
    const auto [bucket, place] = own[i];
    auto& others = bucket->subscribers;
    others.swap_remove(place);
    if (place < others.size()) {
      const auto moved = others[place];
      state_of(*moved.target).buckets.set_back(moved.back, place);
    }
    if (others.empty()) drop(*bucket, emptied_types);
  }
  own.clear();
  return emptied_types;
}

/// Frees an empty bucket and what is empty without it.
void Index::drop(Bucket& bucket, std::vector<std::string>& emptied_types) {
  TypeIndex& type = *bucket.owner->type;
  if (bucket.owner->mask != 0) {
    const auto set = std::ranges::find(type.field_sets, bucket.owner->mask, &FieldSet::mask);
    (*set)->buckets.erase(hash_values(bucket.values()) & hash_mask_, bucket);
    if ((*set)->buckets.empty()) {
      std::swap(*set, type.field_sets.back());
      type.field_sets.pop_back();
    }
  }
  if (!type.is_empty()) return;
  const auto hash = hash_of(type.name);
  emptied_types.push_back(std::move(type.name));
  types_.erase(hash, type);
}

std::span<const Matched> Index::match(std::span<const cloudevents::EventRef> events) noexcept {
  RIG_ASSERT(!is_matching_);
  is_matching_ = true;
  matched_.clear();
  for (std::size_t at = 0; at < events.size(); at += kEventsAtOnce) {
    const std::size_t end = std::min(at + kEventsAtOnce, events.size());
    for (std::size_t i = at; i < end; ++i) plan(*events[i]);
    search(events);
    deliver(events);
  }
  is_matching_ = false;
  return matched_;
}

/// Adds a place for the event to the answer and notes what has to be searched.
void Index::plan(const cloudevents::Event& event) {
  const std::size_t place = matched_.size();
  Matched& matched = matched_.emplace_back();
  TypeIndex* type = find_type(types_, hash_of(event.type()), event.type());
  if (type == nullptr) return;
  matched.counter = &type->counter;
  if (!type->any.subscribers.empty()) searches_.push_back({nullptr, 0, place, &type->any});
  if (type->field_sets.empty()) return;
  const auto& fields = event.fields();
  const FieldMask present = present_fields(fields);
  for (const auto& set : type->field_sets) {
    if ((set->mask & ~present) != 0) continue;
    const auto hash = hash_fields(set->mask, fields) & hash_mask_;
    set->buckets.prefetch_slot(hash);
    searches_.push_back({set.get(), hash, place, nullptr});
  }
}

/// In a big index each step of a search waits for memory: the slot, the bucket, the subscriber. So
/// each step is taken for several events before the next, and the waits overlap.
void Index::search(std::span<const cloudevents::EventRef> events) {
  for (const Search& search : searches_) {
    if (search.fields != nullptr) search.fields->buckets.prefetch_node(search.hash);
  }
  for (Search& search : searches_) {
    if (search.fields == nullptr) continue;
    const auto& fields = events[search.event]->fields();
    search.bucket = search.fields->buckets.find(
        search.hash, [&](const Bucket& candidate) { return candidate.holds_for(fields); });
    if (search.bucket != nullptr) __builtin_prefetch(search.bucket->subscribers[0].target);
  }
}

void Index::deliver(std::span<const cloudevents::EventRef> events) noexcept {
  std::size_t event = events.size();  // none yet
  for (const Search& search : searches_) {
    if (search.bucket == nullptr) continue;
    if (search.event != event) ++match_number_;
    event = search.event;
    search.bucket->subscribers.for_each_target([&](Subscriber& subscriber) {
      auto& state = state_of(subscriber);
      if (state.last_match == match_number_ || state.is_replaying) return;
      state.last_match = match_number_;
      if (state.is_ahead) {
        if (!ahead_.deliver(subscriber, events[event])) return;
      } else {
        subscriber.deliver(events[event]);
      }
      ++matched_[event].deliveries;
    });
  }
  searches_.clear();
}

}  // namespace rig::subscriptions

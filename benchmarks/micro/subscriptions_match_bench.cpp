// What does it cost to find the receivers of an event, and to add and remove a subscriber, with 10,
// 10,000 and 1,000,000 subscriptions on one shard? Each subscriber has one subscription; in
// "equality" it asks for a value of its own (a user's name), so each event has one receiver.
// Not measured: decoding the event, the way between shards, writing to sockets.

#include "logic/index.hpp"

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace {

using cloudevents::Event;
using cloudevents::EventRef;
using cloudevents::FieldValue;

constexpr std::size_t kBatch = 256;
constexpr const char* kType = "com.shop.order.changed";

class CountingSubscriber final : public Subscriber {
 public:
  void deliver(const EventRef&) noexcept override { ++deliveries_; }
  void subscriptions_effective() noexcept override {}

 private:
  std::size_t deliveries_ = 0;
};

EventRef make_event(std::vector<FieldValue> fields, std::string type = kType) {
  return std::make_shared<const Event>(Event::Parts{.type = std::move(type),
                                                    .source = "/bench",
                                                    .id = "1",
                                                    .subject = {},
                                                    .json = {},
                                                    .fields = std::move(fields)});
}

/// `user-` and digits: short enough to stand in place. `is_long`: as long as a UUID.
FieldValue user(std::size_t i, bool is_long) {
  std::string name = "user-" + std::to_string(i);
  if (is_long) name.resize(36, '.');
  return FieldValue(std::string_view(name));
}

/// `count` subscribers; number i asks for user i in as many fields as `fields` says.
class World {
 public:
  World(std::size_t count, std::size_t fields, bool is_long = false) : subscribers_(count) {
    const auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (std::size_t i = 0; i < count; ++i) index_.add(subscribers_[i], wish(i, fields, is_long));
    const auto after = mallinfo2().uordblks + mallinfo2().hblkhd;
    bytes_per_subscriber_ = static_cast<double>(after - before) / static_cast<double>(count) +
                            static_cast<double>(sizeof(SubscriberState));
  }

  static Subscription wish(std::size_t i, std::size_t fields, bool is_long = false) {
    Clause clause;
    for (std::size_t f = 0; f < fields; ++f) clause.fields.emplace_back(f, user(i, is_long));
    return Subscription{.event_type = kType, .clauses = {std::move(clause)}, .json = {}};
  }

  [[nodiscard]] std::size_t size() const { return subscribers_.size(); }
  [[nodiscard]] double bytes_per_subscriber() const { return bytes_per_subscriber_; }
  Index& index() { return index_; }
  CountingSubscriber& subscriber(std::size_t i) { return subscribers_[i]; }

 private:
  std::vector<CountingSubscriber> subscribers_;
  Index index_;  // goes first, and forgets the subscribers
  double bytes_per_subscriber_ = 0;
};

/// The same world for all runs of a benchmark: a million subscribers take a second to add.
World& world_of(const benchmark::State& state, std::size_t fields, bool is_long = false) {
  static std::tuple<std::size_t, std::size_t, bool> key;
  static std::unique_ptr<World> world;
  const std::tuple wanted{static_cast<std::size_t>(state.range(0)), fields, is_long};
  if (world == nullptr || wanted != key) {
    world.reset();
    world = std::make_unique<World>(std::get<0>(wanted), fields, is_long);
    key = wanted;
  }
  return *world;
}

void report(benchmark::State& state, const World& world, std::size_t deliveries) {
  state.counters["deliveries"] =
      benchmark::Counter(static_cast<double>(deliveries), benchmark::Counter::kAvgIterations);
  state.counters["B/subscriber"] = world.bytes_per_subscriber();
}

/// Matches events for random subscribers. They are made in small batches outside the clock: in the
/// gateway, too, an event has just been decoded when it is matched, while the subscribers of a big
/// index have long left the caches.
void match_random(benchmark::State& state, World& world, std::size_t fields, bool is_long = false,
                  std::size_t events_per_match = kBatch) {
  std::mt19937_64 random(1);
  std::vector<EventRef> events(kBatch);
  std::size_t deliveries = 0;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    for (auto& event : events) {
      const auto wanted = user(random() % world.size(), is_long);
      event = make_event(std::vector<FieldValue>(fields, wanted));
    }
    state.ResumeTiming();
    for (std::size_t at = 0; at < kBatch; at += events_per_match) {
      const auto some = std::span(events).subspan(at, events_per_match);
      for (const auto& matched : world.index().match(some)) deliveries += matched.deliveries;
    }
  }
  report(state, world, deliveries);
}

void match_same(benchmark::State& state, World& world, const EventRef& event) {
  std::size_t deliveries = 0;
  for (auto _ : state) deliveries += world.index().match({&event, 1})[0].deliveries;
  report(state, world, deliveries);
}

void equality(benchmark::State& state) { match_random(state, world_of(state, 1), 1); }

/// When little happens, events come one by one, and no search overlaps with the next.
void equality_one_at_a_time(benchmark::State& state) {
  match_random(state, world_of(state, 1), 1, false, 1);
}

/// The same event again and again: what is not due to memory that has left the caches.
void equality_in_cache(benchmark::State& state) {
  World& world = world_of(state, 1);
  match_same(state, world, make_event({user(world.size() / 2, false)}));
}

void equality_of_uuids(benchmark::State& state) {
  match_random(state, world_of(state, 1, true), 1, true);
}

void equality_of_three_fields(benchmark::State& state) {
  match_random(state, world_of(state, 3), 3);
}

void value_that_nobody_asks_for(benchmark::State& state) {
  match_same(state, world_of(state, 1), make_event({FieldValue("nobody")}));
}

void type_that_nobody_asks_for(benchmark::State& state) {
  match_same(state, world_of(state, 1), make_event({}, "com.shop.order.removed"));
}

/// One client leaves and another comes, of many.
void add_and_remove(benchmark::State& state) {
  World& world = world_of(state, 1);
  std::mt19937_64 random(1);
  std::vector<std::size_t> order(std::min<std::size_t>(world.size(), 1U << 15U));
  for (auto& i : order) i = random() % world.size();
  std::vector<Subscription> wishes;
  wishes.reserve(order.size());
  for (const auto i : order) wishes.push_back(World::wish(i, 1));
  std::size_t at = 0;
  for (auto _ : state) {
    auto& subscriber = world.subscriber(order[at]);
    world.index().remove(subscriber);
    world.index().add(subscriber, wishes[at]);
    if (++at == order.size()) at = 0;
  }
}

/// The same, all subscribers being in one bucket.
void add_and_remove_without_clauses(benchmark::State& state) {
  World& world = world_of(state, 0);
  const Subscription wish = World::wish(0, 0);
  std::mt19937_64 random(1);
  for (auto _ : state) {
    auto& subscriber = world.subscriber(random() % world.size());
    world.index().remove(subscriber);
    world.index().add(subscriber, wish);
  }
  state.counters["B/subscriber"] = world.bytes_per_subscriber();
}

#define RIG_WITH_SUBSCRIPTIONS(function) \
  BENCHMARK(function)->Name("subscriptions/" #function)->Arg(10)->Arg(10'000)->Arg(1'000'000)
RIG_WITH_SUBSCRIPTIONS(equality);
RIG_WITH_SUBSCRIPTIONS(equality_one_at_a_time);
RIG_WITH_SUBSCRIPTIONS(equality_in_cache);
RIG_WITH_SUBSCRIPTIONS(equality_of_uuids);
RIG_WITH_SUBSCRIPTIONS(equality_of_three_fields);
RIG_WITH_SUBSCRIPTIONS(value_that_nobody_asks_for);
RIG_WITH_SUBSCRIPTIONS(type_that_nobody_asks_for);
RIG_WITH_SUBSCRIPTIONS(add_and_remove);
RIG_WITH_SUBSCRIPTIONS(add_and_remove_without_clauses);

}  // namespace
}  // namespace rig::subscriptions

#include "io/shared_registry.hpp"

#include "logic/parsed_text.hpp"

#include <rig/core/shard.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace rig::metrics {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kShards = 3;
constexpr std::size_t kOtherThreads = 2;
constexpr std::size_t kRounds = 20'000;

/// Counts from one thread, and asks for series while others do the same.
void count(SharedRegistry& registry) {
  auto& events = registry.counter({"rig_events_total", "Events."}, {});
  auto& open = registry.gauge({"rig_open", "Open."}, {});
  auto& time = registry.histogram({"rig_time_seconds", "Time."}, Registry::HistogramUnit::kSeconds,
                                  {milliseconds(1), milliseconds(10)}, {});
  for (std::size_t i = 0; i < kRounds; ++i) {
    events.add();
    open.add(2);
    time.observe(milliseconds(i % 3 == 0 ? 1 : 5));
    open.sub();
    if (i % 1000 == 0) {
      registry.counter({"rig_types_total", "By type."}, {{"type", std::to_string(i)}}).add();
    }
  }
}

void expect_histogram_adds_up(const ParsedText& page) {
  const double first = page.at("rig_time_seconds_bucket{le=\"0.001\"}");
  const double second = page.at("rig_time_seconds_bucket{le=\"0.01\"}");
  const double all = page.at("rig_time_seconds_bucket{le=\"+Inf\"}");
  EXPECT_LE(first, second);
  EXPECT_LE(second, all);
  EXPECT_EQ(all, page.at("rig_time_seconds_count"));
}

TEST(SharedRegistry, NothingIsLostWhileThreadsCountAndOthersScrape) {
  SharedRegistry registry(kShards, true);
  registry.counter({"rig_events_total", "Events."}, {});
  registry.histogram({"rig_time_seconds", "Time."}, Registry::HistogramUnit::kSeconds,
                     {milliseconds(1), milliseconds(10)}, {});

  std::latch start(kShards + kOtherThreads + 1);
  std::atomic<std::size_t> running = kShards + kOtherThreads;
  const auto work = [&] {
    start.arrive_and_wait();
    count(registry);
    --running;
  };
  Shards shards(kShards, 100);
  shards.start();
  for (ShardId shard = 0; shard < kShards; ++shard) shards.post(shard, work);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < kOtherThreads; ++i) threads.emplace_back(work);

  start.arrive_and_wait();
  double last = 0;
  do {
    const auto page = parse_text(registry.text());
    const double now = page.at("rig_events_total");
    EXPECT_GE(now, last);
    last = now;
    expect_histogram_adds_up(page);
  } while (running > 0);
  threads.clear();
  shards.finish();

  const auto page = parse_text(registry.text());
  constexpr auto kAll = static_cast<double>((kShards + kOtherThreads) * kRounds);
  EXPECT_EQ(page.at("rig_events_total"), kAll);
  EXPECT_EQ(page.at("rig_open"), kAll);
  EXPECT_EQ(page.at("rig_time_seconds_count"), kAll);
  EXPECT_EQ(page.at("rig_types_total{type=\"19000\"}"), kShards + kOtherThreads);
  expect_histogram_adds_up(page);
}

TEST(SharedRegistry, ReadingMayAskTheRegistryItself) {
  SharedRegistry registry(1, true);
  registry.gauge_of({"rig_double", "Twice the count."}, {}, [&registry] {
    return 2 * registry.counter({"rig_single_total", "The count."}, {}).value();
  });
  registry.counter({"rig_single_total", "The count."}, {}).add(21);
  EXPECT_EQ(parse_text(registry.text()).at("rig_double"), 42);
}

TEST(SharedRegistry, SwitchedOffItStillCounts) {
  SharedRegistry registry(1, false);
  EXPECT_FALSE(registry.enabled());
  auto& counter = registry.counter({"rig_a_total", "A."}, {});
  counter.add();
  EXPECT_EQ(counter.value(), 1);
}

}  // namespace
}  // namespace rig::metrics

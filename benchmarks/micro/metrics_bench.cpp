// What does it cost to count? One thread, and one thread per shard at the same time: the second
// must not be dearer per thread than the first. An atomic that all threads share stands beside it
// for comparison. Not measured: looking a series up, which is done once, and writing the page.

#include <rig/core/shard_id.hpp>
#include <rig/metrics/cells.hpp>

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace rig::metrics {
namespace {

constexpr std::size_t kShards = 2;

/// Makes the benchmark's thread a shard, as the gateway's threads are.
class OnShard {
 public:
  explicit OnShard(int thread) { rig::detail::this_shard = static_cast<ShardId>(thread); }
  ~OnShard() { rig::detail::this_shard = kNoShard; }
  OnShard(const OnShard&) = delete;
  OnShard& operator=(const OnShard&) = delete;
};

void counter_add(benchmark::State& state) {
  static Counter counter(kShards);
  const OnShard shard(state.thread_index());
  for (auto _ : state) counter.add();
}

void counter_add_off_shard(benchmark::State& state) {
  static Counter counter(kShards);
  for (auto _ : state) counter.add();
}

void shared_atomic_add(benchmark::State& state) {
  static std::atomic<std::int64_t> counter{0};
  for (auto _ : state) counter.fetch_add(1, std::memory_order_relaxed);
}

void histogram_observe(benchmark::State& state) {
  using std::chrono::milliseconds;
  static Histogram histogram(
      kShards, {milliseconds(1), milliseconds(2), milliseconds(5), milliseconds(10),
                milliseconds(25), milliseconds(50), milliseconds(75), milliseconds(100),
                milliseconds(250), milliseconds(500), milliseconds(750), milliseconds(1000)});
  const OnShard shard(state.thread_index());
  // Durations of which the branch predictor learns nothing.
  std::uint32_t random = 1;
  for (auto _ : state) {
    random = random * 1664525U + 1013904223U;
    histogram.observe(std::chrono::nanoseconds(random));
  }
}

BENCHMARK(counter_add)->Threads(1)->Threads(kShards);
BENCHMARK(counter_add_off_shard)->Threads(1)->Threads(kShards);
BENCHMARK(shared_atomic_add)->Threads(1)->Threads(kShards);
BENCHMARK(histogram_observe)->Threads(1)->Threads(kShards);

}  // namespace
}  // namespace rig::metrics

#pragma once

#include <rig/core/shard_id.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace rig::metrics {

/// One number per shard, each in a cache line of its own and written by its shard alone: an
/// increment is a load and a store, no lock and no atomic instruction that others could contend
/// for. Other threads share the last cell.
class Cells {
 public:
  explicit Cells(std::size_t shards) : cells_(shards + 1) {}

  void add(std::int64_t n) noexcept {
    const std::size_t shard = current_shard();
    if (shard + 1 < cells_.size()) {
      auto& cell = cells_[shard].value;
      cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    } else {
      cells_.back().value.fetch_add(n, std::memory_order_relaxed);
    }
  }
  [[nodiscard]] std::int64_t sum() const noexcept {
    std::int64_t total = 0;
    for (const auto& cell : cells_) total += cell.value.load(std::memory_order_relaxed);
    return total;
  }

 private:
  struct alignas(64) Cell {
    std::atomic<std::int64_t> value{0};
  };
  std::vector<Cell> cells_;
};

/// Only goes up. Any thread.
class Counter {
 public:
  explicit Counter(std::size_t shards) : cells_(shards) {}
  void add(std::uint64_t n = 1) noexcept { cells_.add(static_cast<std::int64_t>(n)); }
  [[nodiscard]] double value() const noexcept { return static_cast<double>(cells_.sum()); }

 private:
  Cells cells_;
};

/// Goes up and down. Any thread.
class Gauge {
 public:
  explicit Gauge(std::size_t shards) : cells_(shards) {}
  void add(std::int64_t n = 1) noexcept { cells_.add(n); }
  void sub(std::int64_t n = 1) noexcept { cells_.add(-n); }
  [[nodiscard]] double value() const noexcept { return static_cast<double>(cells_.sum()); }

 private:
  Cells cells_;
};

/// Counts durations in buckets with fixed upper bounds. Any thread.
class Histogram {
 public:
  Histogram(std::size_t shards, std::vector<std::chrono::nanoseconds> bounds)
      : bounds_(std::move(bounds)), sum_(shards) {
    for (std::size_t i = 0; i <= bounds_.size(); ++i) buckets_.emplace_back(shards);
  }

  /// `n` observations of the same duration.
  void observe(std::chrono::nanoseconds duration, std::uint64_t n = 1) noexcept {
    const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), duration) - bounds_.begin();
    buckets_[static_cast<std::size_t>(at)].add(static_cast<std::int64_t>(n));
    sum_.add(duration.count() * static_cast<std::int64_t>(n));
  }

  [[nodiscard]] const std::vector<std::chrono::nanoseconds>& bounds() const noexcept {
    return bounds_;
  }
  [[nodiscard]] std::int64_t bucket(std::size_t i) const noexcept { return buckets_[i].sum(); }
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept {
    return std::chrono::nanoseconds(sum_.sum());
  }

 private:
  std::vector<std::chrono::nanoseconds> bounds_;
  std::vector<Cells> buckets_;
  Cells sum_;
};

}  // namespace rig::metrics

#pragma once

#include "logic/family_table.hpp"

#include <rig/metrics/registry.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace rig::metrics {

/// The family table behind a lock, for all threads. The lock is held to look a series up and to
/// list them for a scrape; counting and writing the page happen without it.
class SharedRegistry final : public Registry, public Exposition {
 public:
  SharedRegistry(std::size_t shards, bool enabled) : table_(shards), enabled_(enabled) {}

  Counter& counter(Description description, Labels labels) override;
  Gauge& gauge(Description description, Labels labels) override;
  Histogram& histogram(Description description, HistogramUnit unit,
                       std::vector<std::chrono::nanoseconds> bounds, Labels labels) override;
  void gauge_of(Description description, Labels labels, std::function<double()> read) override;
  /// Like `gauge_of`, for a value that only goes up.
  void counter_of(Description description, Labels labels, std::function<double()> read);

  [[nodiscard]] bool enabled() const override { return enabled_; }
  [[nodiscard]] std::string text() const override;

 private:
  mutable std::mutex mutex_;
  FamilyTable table_;
  const bool enabled_;
};

}  // namespace rig::metrics

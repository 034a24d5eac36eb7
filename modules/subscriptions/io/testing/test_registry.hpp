#pragma once

#include <rig/metrics/registry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rig::subscriptions {

/// Counts by name and labels.
class TestRegistry final : public metrics::Registry {
 public:
  explicit TestRegistry(std::size_t shards) : shards_(shards) {}

  metrics::Counter& counter(metrics::Description description, metrics::Labels labels) override {
    return series(counters_, description, labels);
  }
  metrics::Gauge& gauge(metrics::Description description, metrics::Labels labels) override {
    return series(gauges_, description, labels);
  }
  metrics::Histogram& histogram(metrics::Description, HistogramUnit,
                                std::vector<std::chrono::nanoseconds>, metrics::Labels) override {
    std::abort();  // this module has none
  }
  void gauge_of(metrics::Description, metrics::Labels, std::function<double()>) override {}

  double value(const std::string& series) {
    const std::lock_guard lock(mutex_);
    if (const auto at = counters_.find(series); at != counters_.end()) return at->second->value();
    const auto at = gauges_.find(series);
    return at == gauges_.end() ? -1 : at->second->value();
  }

 private:
  template <class T>
  T& series(std::map<std::string, std::unique_ptr<T>>& all, metrics::Description description,
            const metrics::Labels& labels) {
    std::string name(description.name);
    for (const auto& [key, value] : labels) name.append(",").append(key).append("=").append(value);
    const std::lock_guard lock(mutex_);
    auto& found = all[name];
    if (found == nullptr) found = std::make_unique<T>(shards_);
    return *found;
  }

  const std::size_t shards_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<metrics::Counter>> counters_;
  std::map<std::string, std::unique_ptr<metrics::Gauge>> gauges_;
};

}  // namespace rig::subscriptions

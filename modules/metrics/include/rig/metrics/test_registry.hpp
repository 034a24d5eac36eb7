#pragma once

#include <rig/metrics/registry.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace rig::metrics {

/// For tests: counts by name and labels, and tells. Any thread.
class TestRegistry final : public Registry {
 public:
  explicit TestRegistry(std::size_t shards) : shards_(shards) {}

  Counter& counter(Description description, Labels labels) override {
    return series(counters_, description, labels);
  }
  Gauge& gauge(Description description, Labels labels) override {
    return series(gauges_, description, labels);
  }
  Histogram& histogram(Description description, HistogramUnit,
                       std::vector<std::chrono::nanoseconds> bounds, Labels labels) override {
    return series(histograms_, description, labels, std::move(bounds));
  }
  void gauge_of(Description, Labels, std::function<double()>) override {}

  /// Of the counter or gauge "name,label=value,…"; -1 if nobody asked for it.
  double value(const std::string& series) {
    const std::lock_guard lock(mutex_);
    if (const auto at = counters_.find(series); at != counters_.end()) return at->second->value();
    const auto at = gauges_.find(series);
    return at == gauges_.end() ? -1 : at->second->value();
  }

 private:
  template <class T, class... Arguments>
  T& series(std::map<std::string, std::unique_ptr<T>>& all, Description description,
            const Labels& labels, Arguments... arguments) {
    std::string name(description.name);
    for (const auto& [key, value] : labels) name.append(",").append(key).append("=").append(value);
    const std::lock_guard lock(mutex_);
    auto& found = all[name];
    if (found == nullptr) found = std::make_unique<T>(shards_, std::move(arguments)...);
    return *found;
  }

  const std::size_t shards_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Counter>> counters_;
  std::map<std::string, std::unique_ptr<Gauge>> gauges_;
  std::map<std::string, std::unique_ptr<Histogram>> histograms_;
};

}  // namespace rig::metrics

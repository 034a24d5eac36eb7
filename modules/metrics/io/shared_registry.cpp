#include "io/shared_registry.hpp"

#include "logic/exposition_text.hpp"

#include <utility>

namespace rig::metrics {

Counter& SharedRegistry::counter(Description description, Labels labels) {
  const std::lock_guard lock(mutex_);
  return table_.counter(description, std::move(labels));
}

Gauge& SharedRegistry::gauge(Description description, Labels labels) {
  const std::lock_guard lock(mutex_);
  return table_.gauge(description, std::move(labels));
}

Histogram& SharedRegistry::histogram(Description description, HistogramUnit unit,
                                     std::vector<std::chrono::nanoseconds> bounds, Labels labels) {
  const std::lock_guard lock(mutex_);
  return table_.histogram(description, unit, std::move(bounds), std::move(labels));
}

void SharedRegistry::gauge_of(Description description, Labels labels,
                              std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  table_.reading(description, FamilyType::kGauge, std::move(labels), std::move(read));
}

void SharedRegistry::counter_of(Description description, Labels labels,
                                std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  table_.reading(description, FamilyType::kCounter, std::move(labels), std::move(read));
}

std::string SharedRegistry::text() const {
  std::vector<FamilyView> views;
  {
    const std::lock_guard lock(mutex_);
    views = table_.views();
  }
  return exposition_text(collect(views));
}

}  // namespace rig::metrics

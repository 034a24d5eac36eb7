#include "logic/exposition_text.hpp"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <utility>

namespace rig::metrics {
namespace {

prometheus::MetricType type_of(FamilyType type) {
  switch (type) {
    case FamilyType::kCounter: return prometheus::MetricType::Counter;
    case FamilyType::kGauge: return prometheus::MetricType::Gauge;
    case FamilyType::kHistogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

double in_unit(std::chrono::nanoseconds duration, Registry::HistogramUnit unit) {
  const double per_unit = unit == Registry::HistogramUnit::kSeconds ? 1e9 : 1e6;
  return static_cast<double>(duration.count()) / per_unit;
}

prometheus::ClientMetric::Histogram read(const Histogram& histogram, Registry::HistogramUnit unit) {
  prometheus::ClientMetric::Histogram result;
  result.sample_sum = in_unit(histogram.sum(), unit);
  const auto& bounds = histogram.bounds();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    below += static_cast<std::uint64_t>(histogram.bucket(i));
    const double bound =
        i < bounds.size() ? in_unit(bounds[i], unit) : std::numeric_limits<double>::infinity();
    result.bucket.push_back({below, bound});
  }
  result.sample_count = below;
  return result;
}

prometheus::ClientMetric read(const Series& series, const Family& family) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : series.labels) metric.label.push_back({name, value});

  double value = 0;
  if (const auto* histogram = std::get_if<Histogram>(&series.value)) {
    metric.histogram = read(*histogram, family.unit);
  } else if (const auto* counter = std::get_if<Counter>(&series.value)) {
    value = counter->value();
  } else if (const auto* gauge = std::get_if<Gauge>(&series.value)) {
    value = gauge->value();
  } else if (const auto* reading = std::get_if<Reading>(&series.value)) {
    value = (*reading)();
  }
  // The serializer looks at the one that belongs to the family's type.
  metric.counter.value = value;
  metric.gauge.value = value;
  return metric;
}

}  // namespace

std::vector<prometheus::MetricFamily> collect(const std::vector<FamilyView>& views) {
  std::vector<prometheus::MetricFamily> families;
  families.reserve(views.size());
  for (const FamilyView& view : views) {
    prometheus::MetricFamily family;
    family.name = view.family->name;
    family.help = view.family->help;
    family.type = type_of(view.family->type);
    family.metric.reserve(view.series.size());
    for (const Series* series : view.series) family.metric.push_back(read(*series, *view.family));
    families.push_back(std::move(family));
  }
  return families;
}

std::string exposition_text(const std::vector<prometheus::MetricFamily>& families) {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace rig::metrics

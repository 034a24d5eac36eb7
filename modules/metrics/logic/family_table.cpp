#include "logic/family_table.hpp"

#include "logic/label_value.hpp"

#include <rig/core/assert.hpp>

#include <prometheus/check_names.h>

#include <algorithm>
#include <utility>

namespace rig::metrics {
namespace {

constexpr std::string_view kOther = "other";

/// Help is written as it is, so it must not need escapes.
bool is_one_line(std::string_view help) {
  return !help.empty() && help.find_first_of("\n\r\\") == std::string_view::npos;
}

bool are_ascending(const std::vector<std::chrono::nanoseconds>& bounds) {
  return !bounds.empty() &&
         std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end();
}

Labels normalized(Labels labels) {
  std::sort(labels.begin(), labels.end());
  for (auto& [name, value] : labels) value = safe_label_value(value);
  return labels;
}

std::vector<std::string> names_of(const Labels& labels) {
  std::vector<std::string> names;
  for (const auto& label : labels) names.push_back(label.first);
  return names;
}

void check(const Family& family) {
  RIG_ASSERT(prometheus::CheckMetricName(family.name));
  RIG_ASSERT(is_one_line(family.help));
  for (const auto& name : family.label_names) {
    RIG_ASSERT(prometheus::CheckLabelName(name));
    RIG_ASSERT(name != "le");  // the serializer writes it for the buckets
  }
  RIG_ASSERT(std::adjacent_find(family.label_names.begin(), family.label_names.end()) ==
             family.label_names.end());
  RIG_ASSERT(family.type != FamilyType::kHistogram || are_ascending(family.bounds));
}

bool same_declaration(const Family& a, const Family& b) {
  return a.help == b.help && a.type == b.type && a.unit == b.unit && a.bounds == b.bounds &&
         a.label_names == b.label_names;
}

Family simple_family(Description description, FamilyType type) {
  Family family;
  family.name = description.name;
  family.help = description.help;
  family.type = type;
  return family;
}

/// The labels under which a new series is counted when its family is full.
Labels others(Labels labels) {
  for (auto& label : labels) label.second = kOther;
  return labels;
}

}  // namespace

FamilyTable::Entry& FamilyTable::declare(Family family, const Labels& labels) {
  family.label_names = names_of(labels);
  const auto found = entries_.find(family.name);
  if (found != entries_.end()) {
    RIG_ASSERT(same_declaration(found->second.family, family));
    return found->second;
  }
  check(family);
  Entry& entry = entries_[family.name];
  entry.family = std::move(family);
  return entry;
}

/// Finds the series of these labels or makes it.
template <class Value, class... Args>
Value& FamilyTable::value_of(Entry& entry, Labels labels, const Args&... args) {
  const bool is_full = entry.series.size() >= Registry::kLabelSetsMax;
  if (is_full && !entry.series.contains(labels)) labels = others(std::move(labels));
  auto found = entry.series.find(labels);
  if (found == entry.series.end()) {
    Series series{labels, Value(args...)};
    found = entry.series.emplace(std::move(labels), std::move(series)).first;
  }
  auto* value = std::get_if<Value>(&found->second.value);
  RIG_ASSERT(value != nullptr);
  return *value;
}

Counter& FamilyTable::counter(Description description, Labels labels) {
  labels = normalized(std::move(labels));
  Entry& entry = declare(simple_family(description, FamilyType::kCounter), labels);
  return value_of<Counter>(entry, std::move(labels), shards_);
}

Gauge& FamilyTable::gauge(Description description, Labels labels) {
  labels = normalized(std::move(labels));
  Entry& entry = declare(simple_family(description, FamilyType::kGauge), labels);
  return value_of<Gauge>(entry, std::move(labels), shards_);
}

Histogram& FamilyTable::histogram(Description description, Registry::HistogramUnit unit,
                                  std::vector<std::chrono::nanoseconds> bounds, Labels labels) {
  labels = normalized(std::move(labels));
  Family family = simple_family(description, FamilyType::kHistogram);
  family.unit = unit;
  family.bounds = std::move(bounds);
  Entry& entry = declare(std::move(family), labels);
  return value_of<Histogram>(entry, std::move(labels), shards_, entry.family.bounds);
}

void FamilyTable::reading(Description description, FamilyType type, Labels labels, Reading read) {
  RIG_ASSERT(type != FamilyType::kHistogram && read != nullptr);
  labels = normalized(std::move(labels));
  Entry& entry = declare(simple_family(description, type), labels);
  RIG_ASSERT(!entry.series.contains(labels) && entry.series.size() < Registry::kLabelSetsMax);
  Series series{labels, std::move(read)};
  entry.series.emplace(std::move(labels), std::move(series));
}

std::vector<FamilyView> FamilyTable::views() const {
  std::vector<FamilyView> views;
  views.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) {
    FamilyView view{&entry.family, {}};
    view.series.reserve(entry.series.size());
    for (const auto& [labels, series] : entry.series) view.series.push_back(&series);
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace rig::metrics

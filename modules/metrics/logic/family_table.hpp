#pragma once

#include <rig/metrics/registry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rig::metrics {

enum class FamilyType : std::uint8_t { kCounter, kGauge, kHistogram };

/// A value that is asked for when someone scrapes.
using Reading = std::function<double()>;

/// One line of a family: its labels, and where its value comes from.
struct Series {
  Labels labels;  ///< sorted by name
  std::variant<Counter, Gauge, Histogram, Reading> value;
};

/// Everything of one name. What is here does not change after the first declaration.
struct Family {
  std::string name;
  std::string help;
  FamilyType type = FamilyType::kGauge;
  Registry::HistogramUnit unit = Registry::HistogramUnit::kSeconds;  ///< histograms only
  std::vector<std::chrono::nanoseconds> bounds;                      ///< histograms only
  std::vector<std::string> label_names;                              ///< sorted
};

/// A family and its series as they were at one moment, in the order in which they are printed. The
/// pointers live as long as the table.
struct FamilyView {
  const Family* family;
  std::vector<const Series*> series;
};

/// All metrics by name and labels. Declarations that contradict each other, or Prometheus' rules
/// for names, are errors of the programmer and abort; label values may be anything. Series are
/// never removed and never move, so what `counter` and the others return stays valid. No locks:
/// the owner sees to it that one thread at a time is in here.
class FamilyTable {
 public:
  explicit FamilyTable(std::size_t shards) : shards_(shards) {}

  Counter& counter(Description description, Labels labels);
  Gauge& gauge(Description description, Labels labels);
  Histogram& histogram(Description description, Registry::HistogramUnit unit,
                       std::vector<std::chrono::nanoseconds> bounds, Labels labels);
  /// Each name and labels once.
  void reading(Description description, FamilyType type, Labels labels, Reading read);

  /// Families by name, the series of each by their labels.
  [[nodiscard]] std::vector<FamilyView> views() const;

 private:
  struct Entry {
    Family family;
    std::map<Labels, Series> series;
  };

  Entry& declare(Family family, const Labels& labels);
  template <class Value, class... Args>
  static Value& value_of(Entry& entry, Labels labels, const Args&... args);

  std::size_t shards_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace rig::metrics

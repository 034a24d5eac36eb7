#pragma once

#include <rig/metrics/cells.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::metrics {

struct Description {
  std::string_view
      name;  ///< with its unit, by Prometheus' conventions: `rig_…_total`, `…_seconds`, `…_bytes`
  std::string_view help;  ///< one line
};
using Labels = std::vector<std::pair<std::string, std::string>>;

/// Where modules get what they count with. Ask once, keep the reference: it lives as long as the
/// process. The same name and labels give the same object; a declaration that contradicts an
/// earlier one of its name, or Prometheus' rules for names, aborts. Label values from outside
/// (event types, topics) are bounded: beyond `kLabelSetsMax` per name, new ones are counted under
/// the value `other`, and each is cut at 256 bytes. Any thread; a lookup takes a lock.
class Registry {
 public:
  static constexpr std::string_view kPort = "metrics.registry";
  static constexpr std::size_t kLabelSetsMax = 1000;

  enum class HistogramUnit { kSeconds, kMilliseconds };

  virtual Counter& counter(Description description, Labels labels = {}) = 0;
  virtual Gauge& gauge(Description description, Labels labels = {}) = 0;
  virtual Histogram& histogram(Description description, HistogramUnit unit,
                               std::vector<std::chrono::nanoseconds> bounds,
                               Labels labels = {}) = 0;
  /// A gauge whose value is asked for when someone scrapes; `read` runs on any thread. Each name
  /// and labels once.
  virtual void gauge_of(Description description, Labels labels, std::function<double()> read) = 0;

 protected:
  ~Registry() = default;
};

/// The metrics as text, for whoever serves them.
class Exposition {
 public:
  static constexpr std::string_view kPort = "metrics.exposition";

  [[nodiscard]] virtual bool enabled() const = 0;  ///< PROMETHEUS_METRICS_ENABLED
  /// Prometheus text format 0.0.4.
  [[nodiscard]] virtual std::string text() const = 0;

 protected:
  ~Exposition() = default;
};

}  // namespace rig::metrics

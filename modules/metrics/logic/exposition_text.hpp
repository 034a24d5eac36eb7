#pragma once

#include "logic/family_table.hpp"

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace rig::metrics {

/// Reads all values, into the form that Prometheus' library works with. Buckets are cumulative
/// there, and a histogram's count is the sum of the buckets that were read, so that the two always
/// agree although others go on counting.
[[nodiscard]] std::vector<prometheus::MetricFamily> collect(const std::vector<FamilyView>& views);

/// Prometheus text format 0.0.4.
[[nodiscard]] std::string exposition_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace rig::metrics

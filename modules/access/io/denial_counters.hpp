#pragma once

#include <rig/access/identity.hpp>
#include <rig/metrics/registry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::access {

/// What is refused, for logs and metrics.
enum class Action : std::uint8_t { kIdentify, kSubscribe, kSubmit, kManage, kAuthenticate };
inline constexpr std::size_t kActions = 5;
[[nodiscard]] std::string_view name_of(Action action) noexcept;

/// Counts denials by action and reason. All that can happen has its counter from the start: a flood
/// of bad requests takes no lock, and the first denial is seen as a step from zero. Any thread.
class DenialCounters {
 public:
  explicit DenialCounters(metrics::Registry& registry);
  void add(Action action, std::string_view reason) noexcept;

 private:
  struct Entry {
    std::string reason;
    metrics::Counter* counter;
  };
  // Some twenty words, compared only where something is refused.
  std::array<std::vector<Entry>, kActions> counters_;
  std::array<metrics::Counter*, kActions> others_;
};

}  // namespace rig::access

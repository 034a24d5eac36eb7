#pragma once

#include <rig/proxy/target_rules.hpp>

#include <algorithm>
#include <cstdint>

namespace rig::proxy {

/// Whether an answer with this status says that the target is well.
[[nodiscard]] inline bool is_well(const HealthCheck& check, int status) {
  if (check.statuses.empty()) return status >= 200 && status < 400;
  return std::ranges::find(check.statuses, status) != check.statuses.end();
}

/// What the checks of a target have come to: some failures in a row take it out, some successes in
/// a row bring it back. It begins healthy, so that nobody waits for the first checks.
class HealthRecord {
 public:
  /// True if `is_healthy` has changed by it.
  bool note(const HealthCheck& check, bool is_success) noexcept {
    if (is_success == is_healthy_) {
      against_ = 0;
      return false;
    }
    if (++against_ < (is_healthy_ ? check.unhealthy_after : check.healthy_after)) return false;
    is_healthy_ = is_success;
    against_ = 0;
    return true;
  }
  [[nodiscard]] bool is_healthy() const noexcept { return is_healthy_; }

 private:
  bool is_healthy_ = true;
  std::uint32_t against_ = 0;  // results in a row that say the contrary
};

}  // namespace rig::proxy

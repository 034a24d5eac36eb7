#pragma once

#include <rig/proxy/target_rules.hpp>

#include <atomic>
#include <memory>

namespace rig::proxy {

/// A request among those that an API may have under way on the node, all shards together; given
/// back at the end of its scope. Relaxed: the count guards no other memory.
class RequestSlot {
 public:
  explicit RequestSlot(const TargetRules& rules) : requests_(rules.requests) {
    if (!requests_) return;
    const auto before = requests_->fetch_add(1, std::memory_order_relaxed);
    is_taken_ = before < rules.requests_max;
    if (!is_taken_) requests_->fetch_sub(1, std::memory_order_relaxed);
  }
  ~RequestSlot() {
    if (requests_ && is_taken_) requests_->fetch_sub(1, std::memory_order_relaxed);
  }
  RequestSlot(const RequestSlot&) = delete;
  RequestSlot& operator=(const RequestSlot&) = delete;

  [[nodiscard]] bool is_taken() const noexcept { return is_taken_; }

 private:
  std::shared_ptr<std::atomic<std::uint32_t>> requests_;  // outlives the definition
  bool is_taken_ = true;                                  // without a limit
};

}  // namespace rig::proxy

#pragma once

#include <rig/cloudevents/field_value.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::cloudevents {

enum class SpecVersion : std::uint8_t { k01, k02, k03, k10 };

/// One CloudEvent as it travels through the gateway. Immutable once made, shared by reference
/// between shards; the JSON text is what every receiver gets, for a structured event byte for byte
/// what its producer sent.
class Event {
 public:
  struct Parts {
    SpecVersion version = SpecVersion::k10;
    std::string type;
    std::string source;
    std::string id;
    std::string subject;             ///< empty if there is none
    std::string json;                ///< the event in the JSON format of its version
    std::vector<FieldValue> fields;  ///< by the FieldPlan of its type; empty if it has none
  };

  explicit Event(Parts parts,
                 std::chrono::steady_clock::time_point received = std::chrono::steady_clock::now())
      : parts_(std::move(parts)), received_(received) {}

  [[nodiscard]] SpecVersion version() const noexcept { return parts_.version; }
  [[nodiscard]] const std::string& type() const noexcept { return parts_.type; }
  [[nodiscard]] const std::string& source() const noexcept { return parts_.source; }
  [[nodiscard]] const std::string& id() const noexcept { return parts_.id; }
  [[nodiscard]] const std::string& subject() const noexcept { return parts_.subject; }
  [[nodiscard]] const std::string& json() const noexcept { return parts_.json; }
  [[nodiscard]] const std::vector<FieldValue>& fields() const noexcept { return parts_.fields; }
  /// When the gateway had the whole event; latencies count from here.
  [[nodiscard]] std::chrono::steady_clock::time_point received() const noexcept {
    return received_;
  }

  /// Where the event stands in the log of events, and when it got there, in seconds since 1970;
  /// zero before. Set once, by the log, before the event goes to those who read it.
  [[nodiscard]] std::uint64_t log_position() const noexcept { return log_position_; }
  [[nodiscard]] std::uint64_t log_seconds() const noexcept { return log_seconds_; }
  void set_logged(std::uint64_t position, std::uint64_t seconds) const noexcept {
    log_position_ = position;
    log_seconds_ = seconds;
  }

  /// True for the first caller only: several shards may find receivers, the event is counted once.
  [[nodiscard]] bool first_match() const noexcept {
    return !matched_.exchange(true, std::memory_order_relaxed);
  }

 private:
  Parts parts_;
  std::chrono::steady_clock::time_point received_;
  mutable std::uint64_t log_position_ = 0;
  mutable std::uint64_t log_seconds_ = 0;
  mutable std::atomic<bool> matched_{false};
};

using EventRef = std::shared_ptr<const Event>;

}  // namespace rig::cloudevents

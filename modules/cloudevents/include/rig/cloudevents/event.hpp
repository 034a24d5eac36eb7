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

/// A place in a log of events: a log has a number that no other one has, and its positions only
/// rise.
struct LogPlace {
  std::uint32_t log = 0;  ///< zero: no place
  std::uint64_t position = 0;

  friend bool operator==(const LogPlace&, const LogPlace&) = default;
};
using LogPlaces = std::vector<LogPlace>;
using LogPlacesRef = std::shared_ptr<const LogPlaces>;

/// Where an event stands in a log, and what that log had from elsewhere by then.
struct LogMark {
  LogPlace place;
  std::uint64_t seconds = 0;  ///< when it got there, since 1970
  LogPlacesRef elsewhere;     ///< how far the log had got with other logs; null: it is alone
};

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

  /// Where the event stands in the log of events; no place before. Set by the log, before the event
  /// goes to those who read it.
  [[nodiscard]] const LogMark& log_mark() const noexcept { return mark_; }
  [[nodiscard]] std::uint64_t log_position() const noexcept { return mark_.place.position; }
  [[nodiscard]] std::uint64_t log_seconds() const noexcept { return mark_.seconds; }
  void set_logged(LogMark mark) const noexcept { mark_ = std::move(mark); }

  /// The log that the event got into where it entered, on this node or another one, and its place
  /// there: what tells it from all other events. No place before it is logged.
  [[nodiscard]] LogPlace origin() const noexcept { return origin_; }
  void set_origin(LogPlace origin) const noexcept { origin_ = origin; }

  /// The same event with another mark, for one receiver.
  [[nodiscard]] std::shared_ptr<const Event> copy_with(LogMark mark) const {
    auto copy = std::make_shared<const Event>(parts_, received_);
    copy->set_origin(origin_);
    copy->set_logged(std::move(mark));
    return copy;
  }

  /// True for the first caller only: several shards may find receivers, the event is counted once.
  [[nodiscard]] bool first_match() const noexcept {
    return !matched_.exchange(true, std::memory_order_relaxed);
  }

 private:
  Parts parts_;
  std::chrono::steady_clock::time_point received_;
  mutable LogMark mark_;
  mutable LogPlace origin_;
  mutable std::atomic<bool> matched_{false};
};

using EventRef = std::shared_ptr<const Event>;

}  // namespace rig::cloudevents

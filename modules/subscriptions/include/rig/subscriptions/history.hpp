#pragma once

#include <rig/cloudevents/event.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// Events of all nodes, for clients that come from another node: a log that the nodes have in
/// common, in one order, which is the order of each node's events. Each event has its origin, and
/// its place here as the mark. Does not change once it is shared; any shard reads it.
class History {
 public:
  /// `end`: the log, and the place up to which everything is there.
  explicit History(cloudevents::LogPlace end) : end_(end) {}

  /// An event behind those that were added before.
  void add(cloudevents::EventRef event);
  /// Some of what was asked for is gone.
  void set_incomplete() noexcept { is_complete_ = false; }

  [[nodiscard]] cloudevents::LogPlace end() const noexcept { return end_; }
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  [[nodiscard]] const std::vector<cloudevents::EventRef>& events() const noexcept {
    return events_;
  }
  /// The last place of each origin that it has events of.
  [[nodiscard]] const cloudevents::LogPlaces& origins() const noexcept { return origins_; }
  /// The first event of one of the types, each once, at `from` or behind it; the number of events
  /// if there is none.
  [[nodiscard]] std::size_t next_of(const std::vector<std::string>& types, std::size_t from) const;

 private:
  cloudevents::LogPlace end_;
  bool is_complete_ = true;
  std::vector<cloudevents::EventRef> events_;
  cloudevents::LogPlaces origins_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_type_;
};

using HistoryRef = std::shared_ptr<const History>;

/// Which part of the history a client needs.
struct HistoryRequest {
  std::shared_ptr<const std::vector<std::string>> types;
  cloudevents::LogPlaces seen;  ///< what the client has of each log
};

}  // namespace rig::subscriptions

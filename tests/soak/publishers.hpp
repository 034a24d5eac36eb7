#pragma once

#include "model.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace soak {

/// The doors that events enter by.
struct Doors {
  std::uint16_t inbound;
  std::uint16_t api;
};

/// The type and the name of an event of that class, as text.
[[nodiscard]] std::string type_name(unsigned type);
[[nodiscard]] std::string name_name(unsigned name);

/// Publishers at both doors, each with its own connection, that number their events in one row.
class Publishers {
 public:
  /// At most `per_second` events, and `events_max` at all. An event waits until `may_go(number)`.
  Publishers(Doors doors, unsigned seed, std::size_t per_second, std::size_t events_max,
             std::function<bool(Number)> may_go);
  ~Publishers();

  /// What was begun is finished.
  void stop();
  /// The next number; it rises.
  [[nodiscard]] Number next() const { return next_; }
  /// When each of them was sent and accepted. After `stop`.
  [[nodiscard]] std::vector<Published> published() const;

 private:
  static constexpr int kPublishers = 4;
  void run(int index);
  void publish(class EventDoor& door, Number number, std::size_t padding);

  const Doors doors_;
  const unsigned seed_;
  const std::size_t per_second_;
  const std::function<bool(Number)> may_go_;
  std::vector<Published> published_;  // each entry is written by one thread
  std::atomic<Number> next_{0};
  std::atomic<bool> is_over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace soak

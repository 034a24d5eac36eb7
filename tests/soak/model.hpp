#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace soak {

using Clock = std::chrono::steady_clock;

/// Every event has a number, which says of which class it is: a type and a name that subscriptions
/// can ask for.
using Number = std::uint32_t;
inline constexpr unsigned kTypes = 8;
inline constexpr unsigned kNames = 8;
[[nodiscard]] unsigned class_of(Number number);

/// A set of subscriptions: one bit for each class.
using Mask = std::uint64_t;
inline constexpr Mask kNothing = 0;
inline constexpr Mask kEverything = ~Mask{0};
[[nodiscard]] bool matches(Mask mask, Number number);

/// When an event was sent and when its answer had come.
struct Published {
  Clock::time_point sent;
  Clock::time_point accepted;
};

/// The truth: all events in the order of the log, and when each was published.
class Order {
 public:
  /// `in_order` as a client got them that was there all the time; `published` by number.
  Order(std::vector<Number> in_order, std::vector<Published> published);

  /// What is wrong with it: an event that was accepted is missing, or one is there twice; empty if
  /// nothing is.
  [[nodiscard]] std::string problem() const;

  [[nodiscard]] std::size_t size() const { return numbers_.size(); }
  [[nodiscard]] Number at(std::size_t place) const { return numbers_[place]; }
  /// Where the event is; `size()` if it is nowhere.
  [[nodiscard]] std::size_t place_of(Number number) const;
  [[nodiscard]] const Published& published(Number number) const { return published_[number]; }

 private:
  std::vector<Number> numbers_;
  std::vector<std::uint32_t> places_;
  std::vector<Published> published_;
  std::string problem_;
};

/// What one client saw, from its first connection without a cursor on.
class Life {
 public:
  void got(Number number) { items_.push_back({Item::Kind::kEvent, number, {}, {}, {}, false}); }
  /// The confirmation that from here on `mask` is in force: asked for and received at these times.
  /// `has_cursor`: the client can resume from here.
  void confirmed(Mask mask, Clock::time_point asked, Clock::time_point received, bool has_cursor) {
    items_.push_back({Item::Kind::kConfirmed, 0, mask, asked, received, has_cursor});
  }
  /// Came back with these subscriptions behind the last cursor that it got.
  void resumed(Mask mask) { items_.push_back({Item::Kind::kResumed, 0, mask, {}, {}, false}); }
  /// Everything that is in the order must have come now.
  void saw_the_end() { has_seen_the_end_ = true; }

  [[nodiscard]] std::size_t events() const;
  /// What is wrong with it; empty if nothing is.
  [[nodiscard]] std::string problem(const Order& order) const;

 private:
  struct Item {
    enum class Kind : std::uint8_t { kEvent, kConfirmed, kResumed };
    Kind kind;
    Number number;
    Mask mask;
    Clock::time_point asked;
    Clock::time_point received;
    bool has_cursor;
  };
  class Check;

  std::vector<Item> items_;
  bool has_seen_the_end_ = false;
};

}  // namespace soak

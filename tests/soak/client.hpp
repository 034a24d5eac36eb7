#pragma once

#include "model.hpp"
#include "publishers.hpp"
#include "testkit/event_client.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace soak {

/// The event that tells clients how far the publishers are: `{"upto":…,"last":…}`. Everybody is
/// subscribed to it.
inline constexpr std::string_view kTick = "tick";

/// A set of subscriptions to these classes and to ticks, as the gateway would tell it.
[[nodiscard]] std::string subscriptions_to(Mask mask);

/// A client that comes, goes, stalls, comes back and changes its subscriptions as its random
/// numbers say, in a thread of its own, until the last tick comes. It keeps what it saw.
class Client {
 public:
  struct Habits {
    testkit::Transport transport;
    bool is_steady;  ///< has everything, and does nothing but read
  };

  Client(Habits habits, Doors doors, unsigned seed);
  ~Client();

  /// Ends it if the last tick does not.
  void give_up() { is_done_ = true; }
  void join();
  [[nodiscard]] bool is_done() const { return is_done_; }
  [[nodiscard]] std::string_view transport() const { return testkit::name_of(habits_.transport); }
  /// It has heard that so many events were published.
  [[nodiscard]] Number heard_of() const { return heard_of_; }
  [[nodiscard]] const std::vector<Life>& lives() const { return lives_; }
  /// The numbers that it got, in order, of all lives.
  [[nodiscard]] const std::vector<Number>& numbers() const { return numbers_; }
  /// How often it came back with a cursor.
  [[nodiscard]] std::size_t resumptions() const { return resumptions_; }
  [[nodiscard]] std::size_t replacements() const { return replacements_; }

 private:
  struct Wish {
    std::string subscriptions;
    Mask mask;
    Clock::time_point asked;
  };

  void run();
  void act();
  void connect();
  void read(std::size_t count);
  void take(const testkit::Received& received);
  void take_confirmation(const testkit::Received& received);
  void take_tick(const testkit::Received& received);
  void replace();
  void look();
  void leave();
  void pause(std::size_t milliseconds_max);
  [[nodiscard]] Mask random_mask();
  [[nodiscard]] bool chance(unsigned one_in) { return random_() % one_in == 0; }

  const Habits habits_;
  const Doors doors_;
  std::minstd_rand random_;
  std::unique_ptr<testkit::EventClient> connection_;
  std::string cursor_;  // where to resume; empty: start anew
  Mask mask_ = kNothing;
  Clock::time_point asked_;
  bool is_new_ = false;           // the connection began without a cursor
  bool is_greeted_ = false;       // its first confirmation has come
  bool is_gap_expected_ = false;  // it began with a cursor that is none
  std::vector<Wish> wishes_;      // not confirmed yet
  std::vector<Life> lives_;
  std::vector<Number> numbers_;
  std::size_t resumptions_ = 0;
  std::size_t replacements_ = 0;
  std::atomic<Number> heard_of_{0};
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

}  // namespace soak

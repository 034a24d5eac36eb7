#pragma once
// One run: connect the clients, stay idle, publish to warm up, publish to measure. One thread,
// every wait bounded.

#include <random>

#include "options.hpp"
#include "process_stats.hpp"
#include "publishers.hpp"
#include "socket.hpp"
#include "subscribers.hpp"

namespace rig::bench {

/// What the measured phase did; the sums of the whole run are in RunResult.
struct PhaseResult {
  Nanos publishing{0};  ///< from the first event to the last one sent
  Nanos delivering{0};  ///< to the last delivery
  Usage usage;          ///< to the moment when nothing was missing any more
  PublishCounts published;
  std::uint64_t unsent = 0;    ///< events of the schedule that could not be sent at all
  std::uint64_t expected = 0;  ///< deliveries that should happen
  DeliveryCounts delivered;
};

struct RunResult {
  std::size_t ready = 0;
  std::size_t connect_failures = 0;
  std::size_t disconnects = 0;
  Nanos connecting{0};  ///< from the first connect to the last confirmed subscription
  Histogram connect_time;
  Usage connect_usage;
  ProcessMemory memory_before;  ///< without subscribers
  ProcessMemory memory_idle;    ///< all subscribed, and after the silence
  PhaseResult measured;
  Histogram latency;
  Histogram answer_time;
  // Of the whole run, warm-up included.
  PublishCounts published;
  std::uint64_t expected = 0;
  DeliveryCounts delivered;

  std::uint64_t lost() const {
    return expected > delivered.delivered ? expected - delivered.delivered : 0;
  }
  /// Each client was subscribed and stayed, and got each event once, whole and in order.
  bool is_clean() const;
};

class LoadRun {
 public:
  explicit LoadRun(const Options& options);

  RunResult run();

 private:
  void open_publishers();
  void connect_subscribers(RunResult& result);
  PhaseResult publish_phase(double seconds);
  std::uint64_t publish_on_schedule(Nanos start, double seconds);
  void publish_back_to_back(Nanos end);
  void publish(Nanos intended);
  bool is_window_open() const;
  void drain();
  void poll(Nanos deadline);

  const Options& options_;
  Poller poller_;
  Subscribers subscribers_;
  Publishers publishers_;
  std::minstd_rand random_;
  std::uint64_t expected_ = 0;  // deliveries of all events so far
};

}  // namespace rig::bench

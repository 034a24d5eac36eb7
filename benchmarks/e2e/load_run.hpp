#pragma once
// One run: connect the clients, stay idle, publish to warm up, publish to measure. One thread,
// every wait bounded.

#include <memory>
#include <random>

#include "options.hpp"
#include "process_stats.hpp"
#include "publishers.hpp"
#include "socket.hpp"
#include "storm.hpp"
#include "subscribers.hpp"
#include "totals.hpp"

namespace rig::bench {

/// What the measured phase did; the sums of the whole run are in RunResult.
struct PhaseResult {
  Nanos publishing{0};  ///< from the first event to the last one sent
  Nanos delivering{0};  ///< to the last delivery
  Usage usage;          ///< to the moment when nothing was missing any more
  PublishCounts published;
  std::uint64_t unsent = 0;
  DeliveryCounts delivered;
};

/// What the server's process holds with so many clients that are subscribed and silent.
struct IdleMemory {
  std::size_t clients = 0;
  ProcessMemory memory;
};

/// The same phase while clients come and go.
struct StormPhase {
  Usage usage;
  Histogram latency;
  StormCounts storm;
};

struct RunResult {
  std::size_t ready = 0;
  Nanos connecting{0};  ///< from the first connect to the last confirmed subscription
  Histogram connect_time;
  Usage connect_usage;
  IdleMemory before;  ///< without clients
  IdleMemory first;   ///< with Options::first_connections; without them as `before`
  IdleMemory idle;    ///< with all
  PhaseResult measured;
  Histogram latency;
  Histogram answer_time;
  StormPhase plain_storm;  ///< without tokens
  StormPhase token_storm;  ///< with one for each client
  Totals totals;
};

class LoadRun {
 public:
  explicit LoadRun(const Options& options);

  RunResult run();

 private:
  void open_publishers();
  void connect_subscribers(std::size_t total, RunResult& result);
  IdleMemory idle_memory();
  PhaseResult publish_phase(double seconds);
  StormPhase storm_phase(bool with_tokens, RunResult& result);
  std::uint64_t publish_on_schedule(Nanos start, double seconds);
  void publish_back_to_back(Nanos end);
  void publish(Nanos intended);
  bool is_window_open() const;
  void drain();
  void poll(Nanos deadline);

  const Options& options_;
  std::unique_ptr<Storm> storm_;  // before what is opened
  Poller poller_;
  Subscribers subscribers_;
  Publishers publishers_;
  std::minstd_rand random_;
  std::uint64_t expected_ = 0;  // deliveries of all events so far
};

}  // namespace rig::bench

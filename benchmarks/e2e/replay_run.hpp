#pragma once
// What it costs that clients return and are owed events, and what the others notice of it. All
// clients get the events live, leave, come back with the cursor that they had before the first of
// them, and must get all again. Meanwhile a bystander, who wants events of another type, is served
// on a fixed schedule. It is looked after between any two reads of the others, so that what it
// waits for is the server and not this program.

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "histogram.hpp"
#include "options.hpp"
#include "process_stats.hpp"
#include "publishers.hpp"
#include "socket.hpp"
#include "subscribers.hpp"
#include "totals.hpp"

namespace rig::bench {

struct ReplayPhase {
  Usage usage;
  Nanos delivering{0};  ///< from the start to the last delivery
  DeliveryCounts delivered;
  Histogram bystander;  ///< its latency
};

struct ReplayResult {
  ReplayPhase quiet;       ///< nothing but the bystander
  ReplayPhase live;        ///< fan-out back to back
  ReplayPhase replay;      ///< from the first connect of the clients that return
  std::uint64_t owed = 0;  ///< events to each of them
  Histogram connect_time;  ///< of those that return
  Totals totals;
};

/// The client that has no part in the replay, with its own publishers and its own poller.
class Bystander {
 public:
  explicit Bystander(const Options& options);

  const Poller& poller() const { return poller_; }
  void open();
  bool is_ready() const { return subscriber_.ready() == 1 && publishers_.are_all_idle(); }

  /// From now on its events are due.
  void start();
  /// No more are due. Those that are late still leave.
  void stop();
  /// Sends what is due, reads what has come.
  void serve();
  /// When serve() must be called again, whatever comes.
  Nanos due() const;
  bool is_done() const;

  const Histogram& latency() const { return subscriber_.latency(); }
  void add_to(Totals& totals) const;

 private:
  bool is_due(Nanos time) const { return next() <= std::min(time, end_); }
  Nanos next() const;

  const Options& options_;
  Poller poller_;
  Subscribers subscriber_;
  Publishers publishers_;
  Nanos start_{0};
  Nanos end_{-1};
  std::uint64_t sent_ = 0;  // since start_
  std::uint64_t expected_ = 0;
};

class ReplayRun {
 public:
  explicit ReplayRun(const Options& options);

  /// Throws std::runtime_error if it comes to no replay, for example because events have no id.
  ReplayResult run();

 private:
  void connect(std::unique_ptr<Subscribers>& clients, SubscriberGroup group, Tag tag);
  void wait_for(const std::function<bool()>& is_done, const char* otherwise);
  void publish_marker();
  void publish_live(double seconds, std::uint64_t events_max);
  void publish_rest();
  void replay();
  void leave();

  void publish();
  void drain();
  std::uint64_t published() const { return publishers_.counts().published - marked_; }
  DeliveryCounts delivered() const;
  Nanos last_delivery() const;
  ReplayPhase measured(const std::function<void()>& work);
  void finish(ReplayResult& result);

  void poll(Nanos deadline);
  void dispatch(Tag tag, std::uint32_t events);
  void serve_bystander();

  const Options& options_;
  Poller poller_;
  Publishers publishers_;
  Bystander bystander_;
  Nanos served_{0};                       // when the bystander was looked after
  std::unique_ptr<Subscribers> scout_;    // keeps the type wanted, and knows the cursor
  std::unique_ptr<Subscribers> clients_;  // first the live ones, then those that return
  SubscriberGroup returning_;
  std::uint64_t marked_ = 0;    // events up to the cursor
  std::uint64_t expected_ = 0;  // by the scout and the clients
  Totals gone_;                 // of clients that have left
};

}  // namespace rig::bench

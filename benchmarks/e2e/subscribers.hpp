#pragma once
// The SSE clients of a run: opens them, knows when each is subscribed, and checks and times what
// arrives.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "event_text.hpp"
#include "histogram.hpp"
#include "http_reader.hpp"
#include "options.hpp"
#include "socket.hpp"
#include "sse_reader.hpp"
#include "verifier.hpp"

namespace rig::bench {

/// What arrived since the start of the run. Copied before and after a phase to know the difference.
struct DeliveryCounts {
  std::uint64_t delivered = 0;  ///< each event once per subscriber that asked for it
  std::uint64_t duplicated = 0;
  std::uint64_t misrouted = 0;
  std::uint64_t reordered =
      0;                      ///< part of `delivered`: overtaken by a later event of its publisher
  std::uint64_t damaged = 0;  ///< not byte for byte what was published
  std::uint64_t bytes = 0;    ///< received, framing included
};

class Subscribers {
 public:
  Subscribers(const Options& options, Poller& poller, Tag first_tag);

  /// Starts connections while fewer than the window are being set up.
  void open_more();
  /// True when every connection is subscribed or has failed.
  bool is_settled() const { return ready_ + failures_ + disconnects_ == subscribers_.size(); }

  void on_ready(std::size_t index, std::uint32_t events);

  std::size_t ready() const { return ready_; }
  std::size_t ready_for(std::uint32_t key) const { return ready_by_key_[key]; }
  std::size_t failures() const { return failures_; }        ///< never subscribed
  std::size_t disconnects() const { return disconnects_; }  ///< closed after they were subscribed
  Nanos last_subscribed() const { return last_subscribed_; }
  const Histogram& connect_time() const { return connect_time_; }

  const DeliveryCounts& counts() const { return counts_; }
  Nanos last_delivery() const { return last_delivery_; }
  /// From the intended send time to the arrival, since the last clear_latency().
  const Histogram& latency() const { return latency_; }
  void clear_latency() { latency_.clear(); }

 private:
  enum class State { kIdle, kConnecting, kWaiting, kSubscribed, kClosed };

  struct Subscriber {
    Socket socket;
    State state = State::kIdle;
    Nanos started{0};
    HttpReader http;
    SseReader events;
  };

  void open(std::size_t index);
  void send_request(std::size_t index);
  bool on_bytes(std::size_t index, std::string_view bytes);
  void on_event(std::size_t index);
  void on_delivery(std::size_t index, std::string_view text);
  void close(Subscriber& subscriber, std::size_t index);
  std::uint32_t key_of(std::size_t index) const;

  const Options& options_;
  Poller& poller_;
  Tag first_tag_;
  EventText text_;
  Verifier verifier_;
  std::vector<Subscriber> subscribers_;
  std::vector<std::size_t> ready_by_key_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;  // the first one that is not started
  std::size_t in_setup_ = 0;
  std::size_t ready_ = 0;
  std::size_t failures_ = 0;
  std::size_t disconnects_ = 0;
  Nanos last_subscribed_{0};
  Nanos received_{0};  // when the bytes that are being read came
  Nanos last_delivery_{0};
  DeliveryCounts counts_;
  Histogram latency_;
  Histogram connect_time_;
};

}  // namespace rig::bench

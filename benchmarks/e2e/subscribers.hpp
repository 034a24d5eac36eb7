#pragma once
// The clients of a run that are alike: opens them, knows when each is subscribed, and checks and
// times what arrives.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "event_text.hpp"
#include "histogram.hpp"
#include "http_reader.hpp"
#include "id_check.hpp"
#include "options.hpp"
#include "socket.hpp"
#include "sse_reader.hpp"
#include "verifier.hpp"
#include "websocket.hpp"

namespace rig::bench {

/// What such clients ask for.
struct SubscriberGroup {
  Transport transport = Transport::kSse;
  std::size_t count = 0;
  std::uint32_t keys =
      1;  ///< above 1: subscriber i gets only events whose /data/k is i modulo keys
  std::string_view type = kEventType;
  std::size_t publishers = 1;  ///< that publish it
  std::string cursor;          ///< they return: only what came after it
  /// Of each publisher the number of the first event that they must get; empty: all from 0.
  std::vector<std::uint32_t> first;
  const std::vector<std::string>* tokens = nullptr;  ///< the client with that number shows it
  bool leaves = false;                               ///< each, when its subscription is confirmed
  unsigned first_source = 0;                         ///< see connect_loopback()
};

/// The clients that the options speak of.
SubscriberGroup group_of(const Options& options);

/// What arrived since the start of the run. Copied before and after a phase to know the difference.
struct DeliveryCounts {
  std::uint64_t delivered = 0;  ///< each event once per subscriber that asked for it
  std::uint64_t with_id = 0;    ///< part of `delivered`
  std::uint64_t duplicated = 0;
  std::uint64_t misrouted = 0;
  std::uint64_t reordered =
      0;                      ///< part of `delivered`: overtaken by a later event of its publisher
  std::uint64_t damaged = 0;  ///< not byte for byte what was published
  std::uint64_t bad_ids = 0;  ///< an id came twice, is not that of the event, or is missing
  std::uint64_t gaps = 0;     ///< the server said that it lost something, or that it failed
  std::uint64_t bytes = 0;    ///< received, framing included

  /// Each event came whole, in order, to whom it should and to nobody else.
  bool is_right() const;

  DeliveryCounts& operator+=(const DeliveryCounts& more);
  DeliveryCounts& operator-=(const DeliveryCounts& less);
};

class Subscribers {
 public:
  Subscribers(const Options& options, SubscriberGroup group, Poller& poller, Tag first_tag);

  /// Starts connections, `total` since the start at most, while fewer than the window are being set
  /// up.
  void open_up_to(std::size_t total);
  /// Starts one connection, however many are being set up. `intended`: when it should have started.
  void open_next(Nanos intended);
  std::size_t started() const { return next_; }
  /// True when every connection that was started is subscribed or has failed.
  bool is_settled() const { return in_setup_ == 0; }

  void on_ready(std::size_t index, std::uint32_t events);

  std::size_t ready() const { return ready_; }
  /// Whose subscription was confirmed, whether they have left or not.
  std::size_t welcomed() const { return connect_time_.count(); }
  std::size_t ready_for(std::uint32_t key) const { return ready_by_key_[key]; }
  std::size_t disconnects() const { return disconnects_; }  ///< closed after they were subscribed
  Nanos last_subscribed() const { return last_subscribed_; }
  const Histogram& connect_time() const { return connect_time_; }
  std::uint64_t pings() const { return pings_; }  ///< WebSocket: each was answered

  const DeliveryCounts& counts() const { return counts_; }
  Nanos last_delivery() const { return last_delivery_; }
  /// Of the latest delivery that had one.
  const std::string& last_cursor() const { return last_cursor_; }
  /// From the intended send time to the arrival, since the last clear_latency().
  const Histogram& latency() const { return latency_; }
  void clear_latency() { latency_.clear(); }

 private:
  enum class State { kIdle, kConnecting, kWaiting, kSubscribed, kLeaving, kClosed };

  struct Subscriber {
    Socket socket;
    State state = State::kIdle;
    bool is_upgraded = false;  // to a WebSocket
    Nanos started{0};
    IdCheck::Last last_id = 0;
    HttpReader http;
    SseReader events;
    WsReader frames;
  };

  std::string request_of(std::size_t index) const;
  void send_request(std::size_t index);
  bool on_bytes(std::size_t index, std::string_view bytes);
  bool on_http_end(std::size_t index);
  bool on_frames(std::size_t index, std::string_view bytes);
  bool send_pong(std::size_t index, std::string_view payload);
  void on_event(std::size_t index, std::string_view type, std::string_view text,
                std::string_view id);
  void on_subscribed(std::size_t index);
  void on_delivery(std::size_t index, std::string_view text, std::string_view id);
  void close(Subscriber& subscriber, std::size_t index);
  std::uint32_t key_of(std::size_t index) const;

  const Options& options_;
  const SubscriberGroup group_;
  Poller& poller_;
  Tag first_tag_;
  EventText text_;
  Verifier verifier_;
  IdCheck ids_;
  std::vector<Subscriber> subscribers_;
  std::vector<std::size_t> ready_by_key_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;  // the first one that is not started
  std::size_t in_setup_ = 0;
  std::size_t ready_ = 0;
  std::size_t disconnects_ = 0;
  std::uint64_t pings_ = 0;
  Nanos last_subscribed_{0};
  Nanos received_{0};  // when the bytes that are being read came
  Nanos last_delivery_{0};
  std::string last_cursor_;
  DeliveryCounts counts_;
  Histogram latency_;
  Histogram connect_time_;
};

}  // namespace rig::bench

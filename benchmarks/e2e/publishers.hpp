#pragma once
// The connections that publish: HTTP/1.1 with keep-alive, one event at a time on each.

#include <cstdint>
#include <string>
#include <vector>

#include "event_text.hpp"
#include "histogram.hpp"
#include "http_reader.hpp"
#include "options.hpp"
#include "socket.hpp"

namespace rig::bench {

/// Since the start of the run.
struct PublishCounts {
  std::uint64_t published = 0;
  std::uint64_t accepted = 0;  ///< answered with 2xx
  std::uint64_t refused = 0;   ///< another answer, or none

  PublishCounts& operator-=(const PublishCounts& less);
};

/// What they publish.
struct PublisherGroup {
  std::size_t count = 1;
  std::uint32_t keys = 1;
  std::string_view type = kEventType;
};

/// The publishers that the options speak of.
PublisherGroup publishers_of(const Options& options);

class Publishers {
 public:
  Publishers(const Options& options, const PublisherGroup& group, Poller& poller, Tag first_tag);

  /// Starts all connections; they are idle when they are up.
  void open();

  bool has_idle() const { return !idle_.empty(); }
  bool are_all_idle() const { return idle_.size() == publishers_.size(); }

  /// Sends an event over a connection that is idle.
  void publish(std::uint32_t key, Nanos intended);

  void on_ready(std::size_t index, std::uint32_t events);

  /// By publisher and key: how many events it has sent.
  const std::vector<std::uint32_t>& sequences() const { return next_sequence_; }

  const PublishCounts& counts() const { return counts_; }
  /// From sending to the answer, since the last clear_answer_time().
  const Histogram& answer_time() const { return answer_time_; }
  void clear_answer_time() { answer_time_.clear(); }

 private:
  enum class State { kConnecting, kIdle, kBusy };

  struct Publisher {
    Socket socket;
    State state = State::kConnecting;
    std::string request;
    std::string_view unsent;  // the rest of `request`
    Nanos sent{0};
    HttpReader http;
  };

  void open(std::size_t index);
  void reopen(std::size_t index);
  void flush(std::size_t index);
  bool on_bytes(std::size_t index, std::string_view bytes);

  const Options& options_;
  const PublisherGroup group_;
  Poller& poller_;
  Tag first_tag_;
  EventText text_;
  std::vector<Publisher> publishers_;
  std::vector<std::size_t> idle_;
  std::vector<std::uint32_t> next_sequence_;  // by publisher and key
  std::size_t reopened_ = 0;
  PublishCounts counts_;
  Histogram answer_time_;
};

}  // namespace rig::bench

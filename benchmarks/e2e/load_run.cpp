#include "load_run.hpp"

#include <algorithm>
#include <stdexcept>

namespace rig::bench {
namespace {

constexpr Tag kPublisherTag = Tag{1} << 40U;
constexpr Nanos kTick = std::chrono::milliseconds(10);
constexpr Nanos kPublisherTimeout = std::chrono::seconds(5);
// Duplicates come after everything has arrived once.
constexpr Nanos kLinger = std::chrono::milliseconds(200);

PublishCounts operator-(PublishCounts a, const PublishCounts& b) {
  a.published -= b.published;
  a.accepted -= b.accepted;
  a.refused -= b.refused;
  return a;
}

DeliveryCounts operator-(DeliveryCounts a, const DeliveryCounts& b) {
  a.delivered -= b.delivered;
  a.duplicated -= b.duplicated;
  a.misrouted -= b.misrouted;
  a.reordered -= b.reordered;
  a.damaged -= b.damaged;
  a.bytes -= b.bytes;
  return a;
}

}  // namespace

bool RunResult::is_clean() const {
  const bool is_connected = connect_failures == 0 && disconnects == 0;
  const bool is_published = published.refused == 0 && measured.unsent == 0;
  const bool is_delivered = lost() == 0 && delivered.duplicated == 0 && delivered.misrouted == 0 &&
                            delivered.reordered == 0 && delivered.damaged == 0;
  return is_connected && is_published && is_delivered;
}

LoadRun::LoadRun(const Options& options)
    : options_(options),
      subscribers_(options, poller_, 0),
      publishers_(options, poller_, kPublisherTag) {}

RunResult LoadRun::run() {
  RunResult result;
  open_publishers();
  result.memory_before = process_memory(options_.server_pid);
  connect_subscribers(result);
  for (const Nanos end = now() + from_seconds(options_.settle); now() < end;) {
    poll(end);
  }
  result.memory_idle = process_memory(options_.server_pid);

  if (options_.warmup > 0) {
    publish_phase(options_.warmup);
  }
  subscribers_.clear_latency();
  publishers_.clear_answer_time();
  if (options_.duration > 0) {
    result.measured = publish_phase(options_.duration);
  }
  result.latency = subscribers_.latency();
  result.answer_time = publishers_.answer_time();
  for (const Nanos end = now() + kLinger; now() < end;) {
    poll(end);
  }
  result.ready = subscribers_.ready();
  result.disconnects = subscribers_.disconnects();
  result.published = publishers_.counts();
  result.expected = expected_;
  result.delivered = subscribers_.counts();
  return result;
}

void LoadRun::open_publishers() {
  publishers_.open();
  for (const Nanos deadline = now() + kPublisherTimeout; !publishers_.are_all_idle();) {
    if (now() > deadline) {
      throw std::runtime_error("cannot connect to the port for publishing");
    }
    poll(deadline);
  }
}

void LoadRun::connect_subscribers(RunResult& result) {
  const Usage usage_before = usage_now(options_.server_pid);
  const Nanos start = now();
  const Nanos deadline = start + from_seconds(options_.connect_timeout);
  subscribers_.open_more();
  while (!subscribers_.is_settled() && now() < deadline) {
    poll(now() + kTick);
    subscribers_.open_more();
  }
  result.connect_usage = usage_now(options_.server_pid) - usage_before;
  result.connecting = std::max(subscribers_.last_subscribed() - start, Nanos{0});
  result.connect_time = subscribers_.connect_time();
  result.connect_failures = options_.connections - subscribers_.ready();
}

PhaseResult LoadRun::publish_phase(double seconds) {
  const PublishCounts published_before = publishers_.counts();
  const DeliveryCounts delivered_before = subscribers_.counts();
  const std::uint64_t expected_before = expected_;

  PhaseResult phase;
  const Usage usage_before = usage_now(options_.server_pid);
  const Nanos start = now();
  if (options_.rate > 0) {
    phase.unsent = publish_on_schedule(start, seconds);
  } else {
    publish_back_to_back(start + from_seconds(seconds));
  }
  const Nanos published = now();
  drain();
  phase.usage = usage_now(options_.server_pid) - usage_before;
  phase.publishing = published - start;
  phase.delivering = std::max(subscribers_.last_delivery(), published) - start;
  phase.published = publishers_.counts() - published_before;
  phase.delivered = subscribers_.counts() - delivered_before;
  phase.expected = expected_ - expected_before;
  return phase;
}

// Open loop: an event that cannot leave in time, because every connection waits for an answer,
// keeps its intended time, so that a server that stalls pays for it in the latencies. Returns how
// many never left.
std::uint64_t LoadRun::publish_on_schedule(Nanos start, double seconds) {
  const auto total = static_cast<std::uint64_t>(options_.rate * seconds);
  const Nanos deadline = start + from_seconds(seconds + options_.drain);
  const auto due = [&](std::uint64_t event) {
    return start + from_seconds(static_cast<double>(event) / options_.rate);
  };
  std::uint64_t sent = 0;
  while (sent < total && now() < deadline) {
    while (sent < total && publishers_.has_idle() && due(sent) <= now()) {
      publish(due(sent++));
    }
    poll(publishers_.has_idle() && sent < total ? due(sent) : now() + kTick);
  }
  for (const Nanos end = start + from_seconds(seconds); now() < end;) {
    poll(end);
  }
  return total - sent;
}

void LoadRun::publish_back_to_back(Nanos end) {
  while (now() < end) {
    while (publishers_.has_idle() && is_window_open() && now() < end) {
      publish(now());
    }
    poll(end);
  }
}

void LoadRun::publish(Nanos intended) {
  const auto key = options_.keys > 1 ? static_cast<std::uint32_t>(random_() % options_.keys) : 0U;
  expected_ += subscribers_.ready_for(key);
  publishers_.publish(key, intended);
}

bool LoadRun::is_window_open() const {
  const auto per_event = std::max<std::uint64_t>(1, subscribers_.ready() / options_.keys);
  return options_.window == 0 ||
         expected_ < subscribers_.counts().delivered + options_.window * per_event;
}

void LoadRun::drain() {
  const Nanos deadline = now() + from_seconds(options_.drain);
  while (now() < deadline &&
         (!publishers_.are_all_idle() || subscribers_.counts().delivered < expected_)) {
    poll(now() + kTick);
  }
}

void LoadRun::poll(Nanos deadline) {
  for (const epoll_event& event : poller_.wait(deadline)) {
    if (event.data.u64 >= kPublisherTag) {
      publishers_.on_ready(event.data.u64 - kPublisherTag, event.events);
    } else {
      subscribers_.on_ready(event.data.u64, event.events);
    }
  }
}

}  // namespace rig::bench

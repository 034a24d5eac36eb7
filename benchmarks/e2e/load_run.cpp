#include "load_run.hpp"

#include <algorithm>
#include <stdexcept>

namespace rig::bench {
namespace {

constexpr Tag kPublisherTag = Tag{1} << 40U;
constexpr Nanos kTick = std::chrono::milliseconds(10);
constexpr Nanos kStormTimeout = std::chrono::seconds(30);
constexpr Nanos kPublisherTimeout = std::chrono::seconds(5);
// Duplicates come after everything has arrived once.
constexpr Nanos kLinger = std::chrono::milliseconds(200);

}  // namespace

LoadRun::LoadRun(const Options& options)
    : options_(options),
      storm_(options.storm_rate > 0 ? std::make_unique<Storm>(options) : nullptr),
      subscribers_(options, group_of(options), poller_, 0),
      publishers_(options, publishers_of(options), poller_, kPublisherTag) {}

RunResult LoadRun::run() {
  RunResult result;
  open_publishers();
  result.before.memory = process_memory(options_.server_pid);
  if (options_.first_connections > 0) {
    connect_subscribers(options_.first_connections, result);
    result.first = idle_memory();
  } else {
    result.first = result.before;
  }
  connect_subscribers(options_.connections, result);
  result.idle = idle_memory();

  if (options_.warmup > 0) {
    result.totals.unsent += publish_phase(options_.warmup).unsent;
  }
  subscribers_.clear_latency();
  publishers_.clear_answer_time();
  if (options_.duration > 0) {
    result.measured = publish_phase(options_.duration);
    result.totals.unsent += result.measured.unsent;
  }
  result.latency = subscribers_.latency();
  result.answer_time = publishers_.answer_time();
  if (storm_) {
    result.plain_storm = storm_phase(false, result);
    result.token_storm = storm_phase(true, result);
  }
  for (const Nanos end = now() + kLinger; now() < end;) {
    poll(end);
  }
  result.ready = subscribers_.ready();
  result.totals.disconnects = subscribers_.disconnects();
  result.totals.published = publishers_.counts();
  result.totals.expected = expected_;
  result.totals.delivered = subscribers_.counts();
  return result;
}

IdleMemory LoadRun::idle_memory() {
  for (const Nanos end = now() + from_seconds(options_.settle); now() < end;) {
    poll(end);
  }
  return {subscribers_.ready(), process_memory(options_.server_pid)};
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

void LoadRun::connect_subscribers(std::size_t total, RunResult& result) {
  const Usage usage_before = usage_now(options_.server_pid);
  const Nanos start = now();
  const Nanos deadline = start + from_seconds(options_.connect_timeout);
  const std::size_t first = subscribers_.started();
  const auto due = [&] {
    const auto number = static_cast<double>(subscribers_.started() - first);
    return start + from_seconds(number / options_.connect_rate);
  };
  while ((subscribers_.started() < total || !subscribers_.is_settled()) && now() < deadline) {
    if (options_.connect_rate <= 0) {
      subscribers_.open_up_to(total);
      poll(now() + kTick);
      continue;
    }
    while (subscribers_.started() < total && due() <= now()) {
      subscribers_.open_next(due());
    }
    poll(subscribers_.started() < total ? due() : now() + kTick);
  }
  result.connect_usage += usage_now(options_.server_pid) - usage_before;
  result.connecting += std::max(subscribers_.last_subscribed() - start, Nanos{0});
  result.connect_time = subscribers_.connect_time();
  result.totals.connect_failures = total - subscribers_.ready();
}

PhaseResult LoadRun::publish_phase(double seconds) {
  const PublishCounts published_before = publishers_.counts();
  const DeliveryCounts delivered_before = subscribers_.counts();

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
  phase.published = publishers_.counts();
  phase.published -= published_before;
  phase.delivered = subscribers_.counts();
  phase.delivered -= delivered_before;
  return phase;
}

StormPhase LoadRun::storm_phase(bool with_tokens, RunResult& result) {
  StormPhase phase;
  subscribers_.clear_latency();
  const Usage usage_before = usage_now(options_.server_pid);
  storm_->begin(options_.duration, with_tokens);
  result.totals.unsent += publish_phase(options_.duration).unsent;
  const Nanos deadline = now() + kStormTimeout;
  auto over = storm_->over();
  for (; !over; over = storm_->over()) {
    if (now() > deadline) {
      throw std::runtime_error("the storm does not end");
    }
    poll(now() + kTick);
  }
  phase.usage = usage_now(options_.server_pid) - usage_before;
  phase.storm = *over;
  phase.usage.own_cpu += phase.storm.cpu;
  phase.latency = subscribers_.latency();
  result.totals.connect_failures += phase.storm.started - phase.storm.welcomed;
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
  const Nanos start = now();
  const auto is_missing = [this] {
    return !publishers_.are_all_idle() || subscribers_.counts().delivered < expected_;
  };
  while (is_missing() &&
         now() < std::max(start, subscribers_.last_delivery()) + from_seconds(options_.drain)) {
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

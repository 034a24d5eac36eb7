#include "replay_run.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rig::bench {
namespace {

constexpr Tag kPublisherTag = Tag{1} << 40U;
constexpr Tag kScoutTag = Tag{2} << 40U;
constexpr Tag kBystanderTag = Tag{3} << 40U;
constexpr Nanos kTick = std::chrono::milliseconds(10);
constexpr Nanos kServeEvery = std::chrono::microseconds(50);
constexpr Nanos kSetupTimeout = std::chrono::seconds(60);
// Duplicates come after everything has arrived once.
constexpr Nanos kLinger = std::chrono::milliseconds(200);
// Events after the replay: whoever returned goes on live, without a hole.
constexpr std::uint64_t kAfterwards = 10;

// An event waits for its own answer only, not for those of the events before it.
constexpr std::size_t kBystanderPublishers = 100;

SubscriberGroup bystander_group(const Options& options) {
  SubscriberGroup group;
  group.transport = options.transport;
  group.count = 1;
  group.type = kBystanderType;
  group.publishers = kBystanderPublishers;
  return group;
}

PublisherGroup bystander_publishers() {
  PublisherGroup group;
  group.count = kBystanderPublishers;
  group.type = kBystanderType;
  return group;
}

// Always SSE, where each event says its cursor without being asked.
SubscriberGroup scout_group(const Options& options) {
  SubscriberGroup group;
  group.publishers = options.publishers;
  group.count = 1;
  return group;
}

}  // namespace

Bystander::Bystander(const Options& options)
    : options_(options),
      subscriber_(options, bystander_group(options), poller_, 0),
      publishers_(options, bystander_publishers(), poller_, kPublisherTag) {}

void Bystander::open() {
  publishers_.open();
  subscriber_.open_up_to(1);
}

void Bystander::start() {
  subscriber_.clear_latency();
  start_ = now();
  end_ = Nanos::max();
  sent_ = 0;
}

void Bystander::stop() { end_ = now(); }

Nanos Bystander::next() const {
  return start_ + from_seconds(static_cast<double>(sent_) / options_.bystander_rate);
}

void Bystander::serve() {
  while (publishers_.has_idle() && is_due(now())) {
    expected_ += subscriber_.ready();
    publishers_.publish(0, next());
    ++sent_;
  }
  for (const epoll_event& event : poller_.wait(now())) {
    if (event.data.u64 >= kPublisherTag) {
      publishers_.on_ready(event.data.u64 - kPublisherTag, event.events);
    } else {
      subscriber_.on_ready(event.data.u64, event.events);
    }
  }
}

Nanos Bystander::due() const {
  // While all publishers wait for an answer, the first answer is what wakes us.
  return publishers_.has_idle() && next() <= end_ ? next() : Nanos::max();
}

bool Bystander::is_done() const {
  return !is_due(Nanos::max()) && publishers_.are_all_idle() &&
         subscriber_.counts().delivered == expected_;
}

void Bystander::add_to(Totals& totals) const {
  totals.expected += expected_;
  totals.delivered += subscriber_.counts();
  totals.disconnects += subscriber_.disconnects();
  totals.published.refused += publishers_.counts().refused;
}

ReplayRun::ReplayRun(const Options& options)
    : options_(options),
      publishers_(options, publishers_of(options), poller_, kPublisherTag),
      bystander_(options) {
  poller_.add(bystander_.poller(), kBystanderTag);
}

ReplayResult ReplayRun::run() {
  ReplayResult result;
  publishers_.open();
  bystander_.open();
  wait_for([this] { return publishers_.are_all_idle() && bystander_.is_ready(); },
           "the publishers or the bystander cannot connect");
  connect(scout_, scout_group(options_), kScoutTag);
  publish_marker();
  SubscriberGroup live = returning_;
  live.cursor.clear();
  connect(clients_, std::move(live), 0);

  result.quiet = measured([this] {
    for (const Nanos end = now() + from_seconds(options_.duration); now() < end;) {
      poll(end);
    }
  });
  // Where the server is so fast that all is published in no time, some is left to be measured.
  publish_live(options_.warmup, options_.replay / 4);
  result.live =
      measured([this] { publish_live(options_.duration, options_.replay - published()); });
  leave();
  publish_rest();
  result.owed = published();
  result.replay = measured([this] { replay(); });
  result.connect_time = clients_->connect_time();
  finish(result);
  return result;
}

void ReplayRun::wait_for(const std::function<bool()>& is_done, const char* otherwise) {
  for (const Nanos deadline = now() + kSetupTimeout; !is_done();) {
    if (now() > deadline) {
      throw std::runtime_error(otherwise);
    }
    poll(now() + kTick);
  }
}

void ReplayRun::connect(std::unique_ptr<Subscribers>& clients, SubscriberGroup group, Tag tag) {
  const std::size_t count = group.count;
  clients = std::make_unique<Subscribers>(options_, std::move(group), poller_, tag);
  wait_for(
      [&] {
        clients->open_up_to(count);
        return clients->started() == count && clients->is_settled();
      },
      "the clients are not subscribed in time");
  if (clients->ready() != count) {
    throw std::runtime_error("not all clients could subscribe");
  }
}

void ReplayRun::publish_marker() {
  publish();
  drain();
  returning_ = group_of(options_);
  returning_.cursor = scout_->last_cursor();
  returning_.first = publishers_.sequences();
  marked_ = publishers_.counts().published;
  if (returning_.cursor.empty()) {
    throw std::runtime_error("the server gives its events no id, so no client can resume");
  }
}

void ReplayRun::publish_live(double seconds, std::uint64_t events_max) {
  const std::uint64_t last = published() + events_max;
  const std::uint64_t receivers = clients_ != nullptr ? clients_->ready() + 1 : 1;
  const std::uint64_t under_way_max = std::max<std::uint64_t>(options_.window, 1) * receivers;
  const Nanos end = now() + from_seconds(seconds);
  while (now() < end && published() < last) {
    while (publishers_.has_idle() && published() < last &&
           expected_ < delivered().delivered + under_way_max) {
      publish();
    }
    poll(end);
  }
  drain();
}

// To the scout alone, which takes no time: the live phase need not last until all is published.
void ReplayRun::publish_rest() {
  publish_live(to_seconds(kSetupTimeout), options_.replay - published());
  if (published() < options_.replay) {
    throw std::runtime_error("the server is too slow to take what the clients are owed");
  }
}

void ReplayRun::leave() {
  gone_.delivered += clients_->counts();
  gone_.disconnects += clients_->disconnects();
  clients_.reset();
  for (const Nanos end = now() + from_seconds(options_.settle); now() < end;) {
    poll(end);
  }
}

void ReplayRun::replay() {
  clients_ = std::make_unique<Subscribers>(options_, returning_, poller_, 0);
  expected_ += returning_.count * published();
  const Nanos start = now();
  const auto is_missing = [this] {
    return clients_->started() < returning_.count || !clients_->is_settled() ||
           delivered().delivered < expected_;
  };
  while (is_missing() && now() < std::max({start, last_delivery(), clients_->last_subscribed()}) +
                                     from_seconds(options_.drain)) {
    clients_->open_up_to(returning_.count);
    poll(now() + kTick);
  }
}

void ReplayRun::finish(ReplayResult& result) {
  for (std::uint64_t event = 0; event < kAfterwards; ++event) {
    publish();
    drain();
  }
  for (const Nanos end = now() + kLinger; now() < end;) {
    poll(end);
  }
  result.totals = gone_;
  result.totals.connect_failures = returning_.count - clients_->ready() - clients_->disconnects();
  result.totals.disconnects += clients_->disconnects() + scout_->disconnects();
  result.totals.published = publishers_.counts();
  result.totals.expected = expected_;
  result.totals.delivered = delivered();
  bystander_.add_to(result.totals);
}

void ReplayRun::publish() {
  expected_ += scout_->ready() + (clients_ != nullptr ? clients_->ready() : 0);
  publishers_.publish(0, now());
}

void ReplayRun::drain() {
  const Nanos start = now();
  while ((!publishers_.are_all_idle() || delivered().delivered < expected_) &&
         now() < std::max(start, last_delivery()) + from_seconds(options_.drain)) {
    poll(now() + kTick);
  }
}

DeliveryCounts ReplayRun::delivered() const {
  DeliveryCounts sum = gone_.delivered;
  sum += scout_->counts();
  if (clients_ != nullptr) {
    sum += clients_->counts();
  }
  return sum;
}

Nanos ReplayRun::last_delivery() const {
  const Nanos clients = clients_ != nullptr ? clients_->last_delivery() : Nanos{0};
  return std::max(scout_->last_delivery(), clients);
}

ReplayPhase ReplayRun::measured(const std::function<void()>& work) {
  ReplayPhase phase;
  bystander_.start();
  const DeliveryCounts before = delivered();
  const Usage usage_before = usage_now(options_.server_pid);
  const Nanos start = now();
  work();
  phase.usage = usage_now(options_.server_pid) - usage_before;
  phase.delivering = std::max(last_delivery() - start, Nanos{0});
  phase.delivered = delivered();
  phase.delivered -= before;
  bystander_.stop();
  for (const Nanos deadline = now() + from_seconds(options_.drain);
       !bystander_.is_done() && now() < deadline;) {
    poll(now() + kTick);
  }
  phase.bystander = bystander_.latency();
  return phase;
}

void ReplayRun::poll(Nanos deadline) {
  serve_bystander();
  for (const epoll_event& event : poller_.wait(std::min(deadline, bystander_.due()))) {
    dispatch(event.data.u64, event.events);
    if (now() - served_ > kServeEvery) {
      serve_bystander();
    }
  }
}

void ReplayRun::dispatch(Tag tag, std::uint32_t events) {
  if (tag >= kBystanderTag) {
    serve_bystander();
  } else if (tag >= kScoutTag) {
    scout_->on_ready(tag - kScoutTag, events);
  } else if (tag >= kPublisherTag) {
    publishers_.on_ready(tag - kPublisherTag, events);
  } else if (clients_ != nullptr) {
    clients_->on_ready(tag, events);
  }
}

void ReplayRun::serve_bystander() {
  bystander_.serve();
  served_ = now();
}

}  // namespace rig::bench

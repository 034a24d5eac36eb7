#include "io/shard_subscriptions.hpp"

#include <rig/core/assert.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace rig::subscriptions {

using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

/// Other logs that a cursor can tell of. A node that starts again has a new log, and the old one
/// counts for a while.
constexpr std::size_t kOtherLogsMax = 32;
static_assert(kOtherLogsMax < Cursor::kElsewhereMax);

std::int64_t difference(std::size_t now, std::size_t before) {
  return static_cast<std::int64_t>(now) - static_cast<std::int64_t>(before);
}

}  // namespace

ShardSubscriptions::SweepTimer::SweepTimer(ShardSubscriptions& of) noexcept
    : Timer([](Timer& timer) noexcept { static_cast<SweepTimer&>(timer).owner.sweep(); }),
      owner(of) {}

ShardSubscriptions::Metrics::Metrics(metrics::Registry& registry)
    : subscriptions(registry.gauge({"rig_subscriptions_total", "Subscriptions in force"})),
      overload_drops(registry.counter(
          {"rig_dropped_events_total", "Events that did not reach a receiver, by reason"},
          {{"reason", "overload"}})),
      replayed(registry.counter(
          {"rig_replayed_events_total", "Events given from the log to clients that came back"})),
      log_events(registry.gauge({"rig_log_events", "Events in the log that replays read"})),
      log_bytes(registry.gauge({"rig_log_bytes", "Bytes of memory that these events need"})) {}

ShardSubscriptions::ShardSubscriptions(Ref<Shards> shards, std::shared_ptr<Parts> parts,
                                       Ref<metrics::Registry> registry,
                                       const ShardSettings& settings)
    : shards_(shards),
      parts_(std::move(parts)),
      registry_(registry),
      settings_(settings),
      metrics_(*registry),
      self_(current_shard()),
      forwarded_(shards->count()),
      // The other nodes are one more shard to it, which is asked and wants nothing itself.
      local_(self_, shards->count() + (settings.peers == nullptr ? 0 : 1), *this),
      replays_(settings.log_id, Replays::kPagesUnderWayMax, settings.peers != nullptr),
      early_(settings.log.restart_grace.count() == 0 ? 0 : settings.log.events_per_type,
             settings.log.bytes / (4 * shards->count())),
      early_until_(steady_clock::now() + settings.log.restart_grace),
      position_(EventLog::first_position(settings.log.restart_grace)),
      sweep_timer_(*this) {
  if (self_ == kLogShard) {
    log_.emplace(settings.log, steady_clock::now(), settings.log.restart_grace);
    local_.record_in(*log_, static_cast<std::size_t>(settings.log.age / kSweepInterval) + 1,
                     settings.log_types_max);
    // A sweep more than the log has: what the log records comes from everywhere.
    if (settings.peers != nullptr) {
      outside_.emplace(static_cast<std::size_t>(settings.log.age / kSweepInterval) + 2);
      outside_log_.emplace(2 * settings.log.age, kOtherLogsMax);
    }
  }
  end_early_if_over();
  parts_->here() = this;
}

ShardSubscriptions::~ShardSubscriptions() {
  RIG_ASSERT(current_shard() == self_);
  parts_->here() = nullptr;
  metrics_.subscriptions.sub(static_cast<std::int64_t>(in_force_));
}

void ShardSubscriptions::replace(Subscriber& subscriber, SubscriptionList list) {
  if (replays_.defer(subscriber, list)) return;
  put(subscriber, std::move(list));
}

/// The order matters: the log records a type before it gets what came early, and has that before it
/// is asked for a page.
void ShardSubscriptions::put(Subscriber& subscriber, SubscriptionList list) {
  end_early_if_over();
  std::vector<std::string> types;
  if (!early_.empty()) {
    const auto names = types_of(list);
    types.assign(names.begin(), names.end());
  }
  local_.replace(subscriber, std::move(list));
  record_early(types);
  subscriptions_changed();
}

void ShardSubscriptions::resume(Subscriber& subscriber, SubscriptionList list,
                                std::string_view cursor) {
  replays_.remove(subscriber);
  std::erase(resuming_, &subscriber);
  replays_.add(subscriber, list, cursor);
  resuming_.push_back(&subscriber);
  put(subscriber, std::move(list));
}

void ShardSubscriptions::continue_replay(Subscriber& subscriber) {
  replays_.next(subscriber);
  ask_for_pages();
}

void ShardSubscriptions::remove(Subscriber& subscriber) noexcept {
  if (replays_.remove(subscriber)) std::erase(resuming_, &subscriber);
  local_.remove(subscriber);
  subscriptions_changed();
}

void ShardSubscriptions::post(ShardId to, InterestMessage message) {
  if (to == shards_->count()) return post_outside(std::move(message));
  shards_->post(to, [parts = parts_, from = self_, here = here(), message = std::move(message)] {
    ShardSubscriptions* part = parts->here();
    if (part == nullptr) return;
    part->note(here);
    part->end_early_if_over();
    part->local_.receive(from, message);
    // The answer that makes a client's subscriptions effective leaves at the end of the turn,
    // behind what goes to the log.
    if (message.kind == InterestMessage::Kind::kWant) part->record_early(*message.types);
    part->subscriptions_changed();
  });
}

void ShardSubscriptions::post_outside(InterestMessage message) {
  shards_->post(kLogShard, [parts = parts_, from = self_, message = std::move(message)] {
    if (ShardSubscriptions* log = parts->here()) log->hear(from, message);
  });
}

/// What a shard says to the other nodes.
void ShardSubscriptions::hear(ShardId from, const InterestMessage& message) {
  const auto& types = *message.types;
  if (message.kind == InterestMessage::Kind::kDrop) {
    outside_->drop(types);
    return subscriptions_changed();
  }
  const auto news = outside_->want(types);
  if (outside_->are_noted(types)) return answer_for_outside(from, message);
  settings_.peers->want(news, [parts = parts_, from, message] {
    ShardSubscriptions* log = parts->here();
    if (log == nullptr) return;
    log->outside_->note(*message.types);
    log->answer_for_outside(from, message);
  });
}

void ShardSubscriptions::answer_for_outside(ShardId to, const InterestMessage& message) {
  const auto outside = static_cast<ShardId>(shards_->count());
  InterestMessage answer{InterestMessage::Kind::kNoted, message.types};
  shards_->post(to, [parts = parts_, outside, here = here(), answer = std::move(answer)] {
    ShardSubscriptions* part = parts->here();
    if (part == nullptr) return;
    part->note(here);
    part->local_.receive(outside, answer);
    part->subscriptions_changed();
  });
}

/// A shard that asks for a type hears where the log is: events before that are none of its own.
void ShardSubscriptions::note(const Here& here) noexcept {
  if (here.position < position_ || log_) return;
  position_ = here.position;
  elsewhere_ = here.elsewhere;
}

/// Nothing that others would note, if this is not the shard of the log.
ShardSubscriptions::Here ShardSubscriptions::here() const {
  if (!log_) return {};
  return {log_->position(), elsewhere()};
}

void ShardSubscriptions::subscriptions_changed() {
  const std::size_t now = local_.in_force();
  if (now != in_force_) metrics_.subscriptions.add(difference(now, std::exchange(in_force_, now)));
  std::erase_if(resuming_, [this](Subscriber* subscriber) {
    if (state_of(*subscriber).waiting_for_shards) return false;
    replays_.begin(*subscriber, position());
    return true;
  });
  ask_for_pages();
  const bool has_to_sweep =
      local_.has_to_sweep() || !early_.empty() || (outside_ && outside_->has_idle());
  if (has_to_sweep && !sweep_timer_.armed()) shards_->wheel().arm(sweep_timer_, kSweepInterval);
}

void ShardSubscriptions::sweep() {
  end_early_if_over();
  if (log_) {
    log_->expire(steady_clock::now());
    tell_log_size();
  }
  if (outside_log_) outside_log_->expire(steady_clock::now());
  local_.sweep();
  if (outside_) {
    const auto dropped = outside_->sweep();
    if (!dropped.empty()) settings_.peers->drop(dropped);
  }
  subscriptions_changed();
}

bool ShardSubscriptions::has_room(ShardId shard, std::size_t more) const noexcept {
  const auto waiting = parts_->queued(shard).load(std::memory_order_relaxed);
  return waiting + more < settings_.event_queue_max && shards_->accepts(shard);
}

EventSink::Outcome ShardSubscriptions::publish(cloudevents::EventRef event) {
  const auto outcome = offer(std::move(event));
  if (outcome == EventSink::Outcome::kOverloaded) metrics_.overload_drops.add();
  return outcome;
}

EventSink::Outcome ShardSubscriptions::offer(cloudevents::EventRef event) {
  return accept(std::move(event));
}

EventSink::Outcome ShardSubscriptions::take(cloudevents::EventRef event) {
  if (event->origin().log == settings_.log_id) return EventSink::Outcome::kAccepted;  // our own
  const auto outcome = accept(std::move(event));
  if (outcome == EventSink::Outcome::kOverloaded) metrics_.overload_drops.add();
  return outcome;
}

void ShardSubscriptions::reached(cloudevents::LogPlace place) {
  outside_log_->advance(place, steady_clock::now());
}

/// Whoever has got what came before the gap is told now; who comes back later, by the log.
void ShardSubscriptions::missed(std::uint64_t since) {
  const Gap gap{Gap::Reason::kExpired, since};
  log_->break_off();
  for (ShardId to = 0; to < shards_->count(); ++to) {
    if (to == self_) continue;
    shards_->post(to, [parts = parts_, gap] {
      if (ShardSubscriptions* part = parts->here()) part->local_.tell(gap);
    });
  }
  local_.tell(gap);
}

/// What goes to other nodes passes the log, so that it has a place, also if nobody wants it here.
EventSink::Outcome ShardSubscriptions::accept(cloudevents::EventRef event) {
  const ShardSet* wanted_by = local_.wanted_by(event->type());
  const bool goes_out = settings_.peers != nullptr && event->origin().log == 0;
  if (wanted_by == nullptr && !goes_out) {
    if (early_.is_open()) {
      early_.add(std::move(event));
      if (!sweep_timer_.armed()) shards_->wheel().arm(sweep_timer_, kSweepInterval);
    }
    return EventSink::Outcome::kAccepted;
  }
  const auto shards = static_cast<ShardId>(shards_->count());
  for (ShardId to = 0; to < shards; ++to) {
    const bool is_on_the_way = to == kLogShard || (wanted_by != nullptr && wanted_by->test(to));
    if (is_on_the_way && !has_room(to, outgoing_.size())) return EventSink::Outcome::kOverloaded;
  }
  outgoing_.push_back(std::move(event));
  if (!std::exchange(flush_is_due_, true)) {
    boost::asio::post(shards_->executor(self_), [parts = parts_] {
      if (ShardSubscriptions* part = parts->here()) part->flush();
    });
  }
  return EventSink::Outcome::kAccepted;
}

/// At the end of a turn.
void ShardSubscriptions::flush() {
  flush_is_due_ = false;
  Events events = std::exchange(outgoing_, {});
  if (self_ == kLogShard) {
    distribute(std::move(events));
  } else {
    parts_->queued(kLogShard).fetch_add(events.size(), std::memory_order_relaxed);
    shards_->post(kLogShard, [parts = parts_, events = std::move(events)]() mutable {
      parts->queued(kLogShard).fetch_sub(events.size(), std::memory_order_relaxed);
      if (ShardSubscriptions* part = parts->here()) part->distribute(std::move(events));
    });
  }
  shards_->flush();
}

Task<> ShardSubscriptions::handed_over(Ref<ShardSubscriptions> self) {
  // The flush is in the loop's queue already; what is posted now runs behind it.
  if (self->flush_is_due_)
    co_await boost::asio::post(self->shards_->executor(self->self_), kUseTask);
}

/// What was published before anybody wanted these types is for those who resume: it goes to the
/// log, and to nobody else.
void ShardSubscriptions::record_early(const std::vector<std::string>& types) {
  for (const std::string& type : types) {
    if (early_.empty()) return;
    Events events = early_.take(type);
    if (events.empty()) continue;
    shards_->post(kLogShard, [parts = parts_, events = std::move(events)]() mutable {
      if (ShardSubscriptions* part = parts->here()) part->record(events, &EventLog::append_early);
    });
  }
}

void ShardSubscriptions::end_early_if_over() {
  if (has_early_ && early_.is_open() && steady_clock::now() <= early_until_) return;
  if (!std::exchange(has_early_, false)) return;
  early_.close();
  if (log_) log_->end_early();
}

/// Gives each event its place, and drops those of other nodes that have one: nodes send again what
/// they are not sure has arrived.
void ShardSubscriptions::record(Events& events, Append append) {
  const auto now = steady_clock::now();
  const auto seconds = static_cast<std::uint64_t>(system_clock::to_time_t(system_clock::now()));
  std::erase_if(events, [&](const cloudevents::EventRef& event) {
    const bool is_of_elsewhere = event->origin().log != 0;
    if (is_of_elsewhere && !outside_log_->advance(event->origin(), now)) return true;
    const cloudevents::LogPlace place{settings_.log_id, (*log_.*append)(event, now)};
    if (!is_of_elsewhere) event->set_origin(place);
    event->set_logged({place, seconds, elsewhere()});
    return false;
  });
  tell_log_size();
}

void ShardSubscriptions::forward(const Events& events) {
  for (const auto& event : events) {
    if (event->origin().log == settings_.log_id) settings_.peers->forward(event);
  }
}

void ShardSubscriptions::distribute(Events events) {
  record(events, &EventLog::append);
  if (outside_log_) forward(events);
  const auto shards = static_cast<ShardId>(forwarded_.size());
  for (const auto& event : events) {
    const ShardSet* wanted_by = local_.wanted_by(event->type());
    if (wanted_by == nullptr) continue;
    for (ShardId to = 0; to < shards; ++to) {
      if (wanted_by->test(to)) forwarded_[to].push_back(event);
    }
  }
  for (ShardId to = 0; to < shards; ++to) {
    if (to == self_ || forwarded_[to].empty()) continue;
    parts_->queued(to).fetch_add(forwarded_[to].size(), std::memory_order_relaxed);
    shards_->post(to, [parts = parts_, batch = std::exchange(forwarded_[to], {})] {
      parts->queued(current_shard()).fetch_sub(batch.size(), std::memory_order_relaxed);
      if (ShardSubscriptions* part = parts->here()) part->deliver(batch);
    });
  }
  shards_->flush();
  deliver(forwarded_[self_]);
  forwarded_[self_].clear();
}

void ShardSubscriptions::deliver(const Events& events) {
  if (events.empty()) return;
  note({events.back()->log_position(), events.back()->log_mark().elsewhere});
  const auto matched = local_.match(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (matched[i].deliveries != 0 && events[i]->first_match())
      count_forwarded(*events[i], *matched[i].counter);
  }
}

void ShardSubscriptions::count_forwarded(const cloudevents::Event& event,
                                         metrics::Counter*& counter) {
  if (counter == nullptr) {
    counter = &registry_->counter(
        {"rig_consumed_events_forwarded_total", "Events that matched at least one subscription"},
        {{"type", event.type()}});
  }
  counter->add();
}

void ShardSubscriptions::ask_for_pages() {
  while (auto wanted = replays_.take_history()) ask_for_history(*std::move(wanted));
  while (auto request = replays_.take()) ask(*std::move(request));
}

/// The log reads and answers in the same turn in which it would forward events, so the answer has
/// its place among them.
void ShardSubscriptions::ask(PageRequest request) {
  if (request.is_of_history) {
    return shards_->post(self_, [parts = parts_, request = std::move(request)] {
      if (ShardSubscriptions* part = parts->here()) part->deliver_history(request);
    });
  }
  shards_->post(kLogShard, [parts = parts_, shards = shards_, from = self_,
                            request = std::move(request)]() mutable {
    ShardSubscriptions* log = parts->here();
    if (log == nullptr) return;
    auto page = log->read(request);
    if (from == kLogShard) return log->receive_page(request, page);
    shards->post(from,
                 [parts, here = log->here(), request = std::move(request), page = std::move(page)] {
                   ShardSubscriptions* part = parts->here();
                   if (part == nullptr) return;
                   if (page.is_last) part->note(here);
                   part->receive_page(request, page);
                 });
  });
}

void ShardSubscriptions::ask_for_history(HistoryWanted wanted) {
  shards_->post(kLogShard, [parts = parts_, from = self_, wanted = std::move(wanted)]() mutable {
    if (ShardSubscriptions* log = parts->here()) log->find_history(from, std::move(wanted));
  });
}

/// What is published from here on is in the log, and what was published before, in the history.
void ShardSubscriptions::find_history(ShardId from, HistoryWanted wanted) {
  auto request = wanted.request;
  settings_.peers->read_history(std::move(request),
                                [parts = parts_, shards = shards_, from, here = log_->position(),
                                 wanted = std::move(wanted)](HistoryRef history) mutable {
                                  ShardSubscriptions* log = parts->here();
                                  if (log != nullptr && history != nullptr)
                                    log->note_origins(*history);
                                  shards->post(from, [parts, here, wanted = std::move(wanted),
                                                      history = std::move(history)]() mutable {
                                    if (ShardSubscriptions* part = parts->here())
                                      part->receive_history(wanted, std::move(history), here);
                                  });
                                });
}

void ShardSubscriptions::note_origins(const History& history) {
  for (const auto origin : history.origins()) {
    if (origin.log != settings_.log_id) outside_log_->advance(origin, steady_clock::now());
  }
}

void ShardSubscriptions::receive_history(const HistoryWanted& wanted, HistoryRef history,
                                         std::uint64_t here) {
  replays_.receive_history(wanted, std::move(history), here);
  ask_for_pages();
}

void ShardSubscriptions::deliver_history(const PageRequest& request) {
  std::size_t delivered = 0;
  replays_.deliver_history(request, delivered);
  metrics_.replayed.add(delivered);
  ask_for_pages();
}

EventLog::Page ShardSubscriptions::read(const PageRequest& request) {
  log_->expire(steady_clock::now());
  return log_->read(*request.types, request.after, PageRequest::kEventsMax, request.bytes_max);
}

void ShardSubscriptions::receive_page(const PageRequest& request, const EventLog::Page& page) {
  std::size_t delivered = 0;
  auto finished = replays_.receive(request, page, delivered);
  metrics_.replayed.add(delivered);
  ask_for_pages();
  if (finished.subscriber == nullptr) return;
  if (!finished.seen.is_empty()) {
    const auto until = system_clock::to_time_t(system_clock::now() + settings_.log.age);
    local_.note_seen(*finished.subscriber, std::move(finished.seen),
                     static_cast<std::uint64_t>(until));
  }
  finished.subscriber->page_replayed(true);
  if (finished.next) replace(*finished.subscriber, *finished.next);
}

void ShardSubscriptions::tell_log_size() {
  metrics_.log_events.add(difference(log_->events(), std::exchange(log_events_, log_->events())));
  metrics_.log_bytes.add(difference(log_->bytes(), std::exchange(log_bytes_, log_->bytes())));
}

}  // namespace rig::subscriptions

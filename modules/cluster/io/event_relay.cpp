#include "io/event_relay.hpp"

#include "logic/placed_event.hpp"

#include <rig/cloudevents/codec.hpp>

#include <boost/asio/post.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rig::cluster {
namespace {

/// The shard that gives events their positions in the log anyway: there they stay in order.
constexpr ShardId kShard = 0;
constexpr std::size_t kWaitingMax = 65'536;
constexpr std::size_t kWaitingBytesMax = 64U << 20U;

}  // namespace

/// Events on their way from the link's thread to the shard; one message to the shard for all that
/// have come by then. After a loss of the connection they wait until it is clear what came before
/// them.
struct EventRelay::Arrivals {
  explicit Arrivals(EventRelay& of) : relay(&of) {}

  bool push(cloudevents::EventRef event) {
    const auto size = event->json().size();
    if (bytes.load(std::memory_order_relaxed) + size > kWaitingBytesMax) return false;
    bytes.fetch_add(size, std::memory_order_relaxed);
    if (waiting.push(std::move(event))) return true;
    bytes.fetch_sub(size, std::memory_order_relaxed);
    return false;
  }
  void deliver() {
    is_due.store(false);
    if (is_held.load()) return;
    waiting.consume_all([this](cloudevents::EventRef& event) {
      bytes.fetch_sub(event->json().size(), std::memory_order_relaxed);
      if (relay == nullptr) return;
      // One that finds a shard overloaded is counted there.
      const auto outcome = relay->exchange_->take(std::exchange(event, nullptr));
      if (outcome != subscriptions::EventSink::Outcome::kAccepted) relay->missed();
    });
  }

  EventRelay* relay;  // of the shard; null: it is over
  boost::lockfree::spsc_queue<cloudevents::EventRef> waiting{kWaitingMax};
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> is_due{false};
  std::atomic<bool> is_held{false};
  std::atomic<bool> has_missed{false};
  std::atomic<bool> has_unsent{false};
};

EventRelay::EventRelay(Ref<Shards> shards, Ref<nats::Link> link, Ref<nats::Stream> stream,
                       Ref<subscriptions::EventExchange> exchange, Ref<const Subjects> subjects,
                       Ref<ClusterMetrics> metrics)
    : shards_(shards),
      link_(link),
      exchange_(exchange),
      subjects_(subjects),
      metrics_(metrics),
      fences_(shards, link, stream, subjects,
              [this](cloudevents::LogPlace place) { reached(place); }),
      history_(shards, stream, Ref(fences_), exchange, subjects),
      catch_up_(shards, stream, Ref(fences_), subjects, exchange->field_plans()),
      arrivals_(std::make_shared<Arrivals>(*this)) {
  link_->subscribe(subjects_->places() + "*");
  link_->subscribe(subjects_->missed());
}

EventRelay::~EventRelay() = default;

/// The server has done what was asked for before a fence when it says the fence's place.
void EventRelay::want(const std::vector<std::string>& types, std::function<void()> noted) {
  for (const auto& type : types) link_->subscribe(subjects_->event(type));
  interest_.insert(types.begin(), types.end());
  metrics_->interest.add(static_cast<std::int64_t>(types.size()));
  fences_.ask([shards = shards_, link = link_, noted = std::move(noted)](auto place) {
    if (place) return shards->post(kShard, noted);
    link->flush([shards, noted] { shards->post(kShard, noted); });
  });
}

void EventRelay::drop(const std::vector<std::string>& types) {
  for (const auto& type : types) {
    link_->unsubscribe(subjects_->event(type));
    interest_.erase(type);
  }
  metrics_->interest.sub(static_cast<std::int64_t>(types.size()));
}

void EventRelay::forward(const cloudevents::EventRef& event) noexcept {
  nats::LinkMessage message{
      subjects_->event(event->type()), {}, with_place(event->origin(), event->json()), true};
  if (link_->publish(std::move(message))) return metrics_->events_out.add();
  metrics_->overload.add();
  not_sent();
}

void EventRelay::read_history(subscriptions::HistoryRequest request,
                              std::function<void(subscriptions::HistoryRef)> done) {
  if (!link_->is_connected()) return done(nullptr);
  if (arrivals_->is_held.load()) history_.hold(true);
  history_.read(std::move(request), std::move(done));
}

void EventRelay::receive(nats::LinkMessage message) noexcept {
  if (subjects_->is_place(message.subject)) {
    // Events reach the log at the end of the turn, and this is to be said after it.
    return on_shard_0([message = std::move(message)](EventRelay& relay) {
      boost::asio::post(relay.shards_->executor(kShard), [arrivals = relay.arrivals_, message] {
        if (arrivals->relay != nullptr)
          arrivals->relay->fences_.answered(message.subject, message.data);
      });
    });
  }
  if (message.subject == subjects_->missed()) {
    on_shard_0([](EventRelay& relay) { relay.history_.break_off(); });
    return missed();
  }
  metrics_->events_in.add();
  auto placed = read_placed(std::move(message.data));
  if (!placed) return metrics_->invalid.add();
  auto event = cloudevents::decode_structured(std::move(placed->event), exchange_->field_plans());
  if (!event) return metrics_->invalid.add();
  (*event)->set_origin(placed->place);
  if (!arrivals_->push(*std::move(event))) {
    metrics_->overload.add();
    return missed();
  }
  if (!arrivals_->is_due.exchange(true))
    shards_->post(kShard, [arrivals = arrivals_] { arrivals->deliver(); });
}

template <class Work>
void EventRelay::on_shard_0(Work work) {
  shards_->post(kShard, [arrivals = arrivals_, work = std::move(work)] {
    if (arrivals->relay != nullptr) work(*arrivals->relay);
  });
}

void EventRelay::unanswered(std::string_view reply_to) noexcept {
  on_shard_0(
      [subject = std::string(reply_to)](EventRelay& relay) { relay.fences_.unanswered(subject); });
}

/// After a loss, what has come meanwhile is read first.
void EventRelay::connected() noexcept {
  on_shard_0([](EventRelay& relay) {
    relay.fences_.connected();
    if (!relay.arrivals_->is_held.load()) return;
    relay.history_.hold(true);
    relay.catch_up_.begin([arrivals = relay.arrivals_](const subscriptions::HistoryRef& history) {
      if (arrivals->relay != nullptr) arrivals->relay->take_up(history);
    });
  });
}

void EventRelay::disconnected() noexcept {
  arrivals_->is_held.store(true);
  on_shard_0([](EventRelay& relay) {
    relay.history_.hold(true);
    relay.history_.give_up();
  });
}

/// It is in the order of each node, and what comes behind it, too.
void EventRelay::take_up(const subscriptions::HistoryRef& history) {
  const bool was_there = place_seconds_ != 0;
  const bool is_complete = history != nullptr && history->is_complete();
  if (was_there && !is_complete) exchange_->missed(place_seconds_);
  bool are_taken = true;
  if (history != nullptr) {
    for (const auto& event : history->events()) {
      if (interest_.contains(event->type()))
        are_taken &= exchange_->take(event) == subscriptions::EventSink::Outcome::kAccepted;
    }
  }
  if (!are_taken) missed();
  arrivals_->is_held.store(false);
  arrivals_->deliver();
  history_.hold(false);
  boost::asio::post(shards_->executor(kShard), [arrivals = arrivals_] {
    if (arrivals->relay != nullptr) arrivals->relay->reached(arrivals->relay->place_);
  });
}

bool EventRelay::is_current() const noexcept { return !arrivals_->is_held.load(); }

/// What is held is not in the log yet.
void EventRelay::reached(cloudevents::LogPlace place) {
  place_ = place;
  if (place.log == 0 || arrivals_->is_held.load()) return;
  place_seconds_ = static_cast<std::uint64_t>(
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  catch_up_.reached(place);
  history_.reached(place);
  exchange_->reached(place);
  if (arrivals_->has_unsent.exchange(false) && !link_->publish({subjects_->missed(), {}, {}, true}))
    not_sent();
}

void EventRelay::not_sent() noexcept { arrivals_->has_unsent.store(true); }

void EventRelay::missed() noexcept {
  if (arrivals_->has_missed.exchange(true)) return;
  on_shard_0([](EventRelay& relay) {
    relay.arrivals_->has_missed.store(false);
    relay.exchange_->missed(relay.place_seconds_);
  });
}

void EventRelay::stop() noexcept {
  arrivals_->relay = nullptr;
  catch_up_.stop();
  history_.stop();
  fences_.stop();
}

}  // namespace rig::cluster

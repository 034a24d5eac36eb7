#include "io/event_relay.hpp"

#include <rig/cloudevents/codec.hpp>

#include <boost/lockfree/spsc_queue.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rig::cluster {
namespace {

using subscriptions::EventSink;

/// The shard that gives events their positions in the log anyway: there they stay in order.
constexpr ShardId kShard = 0;
constexpr std::size_t kWaitingMax = 65'536;
constexpr std::size_t kWaitingBytesMax = 64U << 20U;

}  // namespace

/// Events on their way from the link's thread to the shard; one message to the shard for all that
/// have come by then.
struct EventRelay::Arrivals {
  explicit Arrivals(subscriptions::EventExchange& to) : exchange(&to) {}

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
    waiting.consume_all([this](cloudevents::EventRef& event) {
      bytes.fetch_sub(event->json().size(), std::memory_order_relaxed);
      // One that finds a shard overloaded is counted there.
      if (exchange != nullptr) (void)exchange->take(std::exchange(event, nullptr));
    });
  }

  subscriptions::EventExchange* exchange;  // of the shard; null: it is over
  boost::lockfree::spsc_queue<cloudevents::EventRef> waiting{kWaitingMax};
  std::atomic<std::size_t> bytes{0};
  std::atomic<bool> is_due{false};
};

EventRelay::EventRelay(Ref<Shards> shards, Ref<nats::Link> link,
                       Ref<subscriptions::EventExchange> exchange, Ref<const Subjects> subjects,
                       Ref<ClusterMetrics> metrics)
    : shards_(shards),
      link_(link),
      exchange_(exchange),
      subjects_(subjects),
      metrics_(metrics),
      arrivals_(std::make_shared<Arrivals>(*exchange)) {}

EventRelay::~EventRelay() = default;

void EventRelay::want(const std::vector<std::string>& types, std::function<void()> noted) {
  for (const auto& type : types) link_->subscribe(subjects_->event(type));
  interest_.insert(types.begin(), types.end());
  metrics_->interest.add(static_cast<std::int64_t>(types.size()));
  link_->flush([shards = shards_, noted = std::move(noted)] { shards->post(kShard, noted); });
}

void EventRelay::drop(const std::vector<std::string>& types) {
  for (const auto& type : types) link_->unsubscribe(subjects_->event(type));
  for (const auto& type : types) interest_.erase(type);
  metrics_->interest.sub(static_cast<std::int64_t>(types.size()));
}

void EventRelay::forward(const cloudevents::EventRef& event) noexcept {
  nats::LinkMessage message{subjects_->event(event->type()), {}, event->json()};
  (link_->publish(std::move(message)) ? metrics_->events_out : metrics_->overload).add();
}

void EventRelay::receive(std::string text) noexcept {
  metrics_->events_in.add();
  auto event = cloudevents::decode_structured(std::move(text), exchange_->field_plans());
  if (!event) return metrics_->invalid.add();
  if (!arrivals_->push(*std::move(event))) return metrics_->overload.add();
  if (!arrivals_->is_due.exchange(true))
    shards_->post(kShard, [arrivals = arrivals_] { arrivals->deliver(); });
}

void EventRelay::stop() noexcept { arrivals_->exchange = nullptr; }

}  // namespace rig::cluster

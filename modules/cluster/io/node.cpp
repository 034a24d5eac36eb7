#include "io/node.hpp"

#include <random>
#include <utility>

namespace rig::cluster {
namespace {

constexpr std::size_t kWaitingMax = 65'536;  // messages on their way to shard 0

/// Differs from that of every node, also of the one that ran here before.
std::string random_name() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::random_device random;
  std::string name;
  for (int i = 0; i < 16; ++i) name += kHex[random() % kHex.size()];
  return name;
}

}  // namespace

Node::Node(const ClusterConfig& config, nats::Links& links, const Ports& ports)
    : id_(random_name()),
      subjects_(config.name, id_),
      shards_(ports.shards),
      metrics_(*ports.registry),
      here_(std::make_shared<Here>(this)),
      link_(links.open({config.url, "cluster", config.queue_max}, *this)),
      relay_(ports.shards, *link_, ports.events, subjects_, metrics_),
      state_(ports.shards->executor(0), *link_, ports.blacklist, ports.apis, subjects_, id_,
             metrics_) {
  ports.events->connect(relay_);
  state_.watch();
}

Task<> Node::start() {
  worker_.start();
  state_.start();
  link_->start();
  co_return;
}

Task<> Node::stop() {
  co_await state_.stop();
  relay_.stop();
  if (std::exchange(here_->node, nullptr) == nullptr) co_return;
  auto stop = [this] { link_->stop(); };
  co_await Worker::run(worker_, std::move(stop));
  worker_.stop();
}

api::HealthPart::State Node::state() const noexcept {
  if (!state_.has_joined()) return {.word = "joining", .is_ready = false};
  return {.word = link_->is_connected() ? "connected" : "disconnected", .is_ready = true};
}

template <class Work>
void Node::on_shard_0(Work work) {
  shards_->post(0, [here = here_, work = std::move(work)]() mutable {
    if (here->node != nullptr) work(*here->node);
  });
}

void Node::received(nats::LinkMessage message) noexcept {
  if (subjects_.is_event(message.subject)) return relay_.receive(std::move(message.data));
  if (here_->waiting.fetch_add(1) >= kWaitingMax) {
    here_->waiting.fetch_sub(1);
    return lost(nats::LinkLoss::kTooManyWait, 1);
  }
  on_shard_0([message = std::move(message)](Node& node) mutable {
    node.here_->waiting.fetch_sub(1);
    node.state_.receive(std::move(message));
  });
}

void Node::unanswered(std::string_view reply_to) noexcept {
  if (reply_to == subjects_.own()) on_shard_0([](Node& node) { node.state_.alone(); });
}

void Node::connected() noexcept {
  on_shard_0([](Node& node) { node.state_.ask(); });
}

void Node::lost(nats::LinkLoss why, std::uint64_t messages) noexcept {
  switch (why) {
    case nats::LinkLoss::kNotConnected: {
      metrics_.not_connected.add(messages);
      return;
    }
    case nats::LinkLoss::kTooLarge: {
      metrics_.too_large.add(messages);
      return;
    }
    case nats::LinkLoss::kTooManyWait: break;
  }
  metrics_.overload.add(messages);
  note_missed();
}

/// A change may be among what is lost.
void Node::note_missed() noexcept {
  if (here_->has_missed.exchange(true)) return;
  on_shard_0([](Node& node) {
    node.here_->has_missed.store(false);
    node.state_.ask();
  });
}

}  // namespace rig::cluster

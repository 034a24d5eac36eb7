#include "io/node.hpp"

#include <rig/core/sharded.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace rig::cluster {
namespace {

constexpr std::size_t kWaitingMax = 65'536;  // messages on their way to shard 0

/// Servers take no age for one that has no end.
constexpr std::chrono::milliseconds kRecordedMin{1'000};

}  // namespace

Node::Node(const ClusterConfig& config, nats::Links& links, nats::Streams& streams,
           const Ports& ports)
    : this_node_(config.node_name, ports.lifecycle, *ports.registry),
      subjects_(config.name, this_node_.id()),
      shards_(ports.shards),
      metrics_(*ports.registry),
      here_(std::make_shared<Here>(this)),
      link_(links.open({config.url, "cluster", config.queue_max, config.access}, *this)),
      stream_(streams.open({config.url,
                            "cluster-history",
                            subjects_.stream(),
                            {subjects_.all_events(), subjects_.fence()},
                            std::max(ports.events->age_max(), kRecordedMin),
                            config.stream_bytes_max,
                            config.replicas,
                            config.access})),
      relay_(ports.shards, *link_, *stream_, ports.events, subjects_, metrics_),
      state_(ports.shards->executor(0), *link_, ports.blacklist, ports.apis, subjects_,
             this_node_.id(), metrics_),
      members_(
          ports.shards->executor(0), *link_, subjects_, [this] { return self(); }, metrics_,
          *ports.registry) {
  ports.events->connect(relay_);
  state_.watch();
}

Task<> Node::start() {
  worker_.start();
  state_.start();
  members_.start();
  stream_->start();
  link_->start();
  co_return;
}

Task<> Node::stop() {
  co_await state_.stop();
  co_await members_.stop();
  relay_.stop();
  if (std::exchange(here_->node, nullptr) == nullptr) co_return;
  auto stop = [this] {
    link_->stop();
    stream_->stop();
  };
  co_await Worker::run(worker_, std::move(stop));
  worker_.stop();
}

api::HealthPart::State Node::state() const noexcept {
  if (!state_.has_joined() || !relay_.has_joined()) return {.word = "joining", .is_ready = false};
  const bool is_connected = link_->is_connected() && relay_.is_current();
  return {.word = is_connected ? "connected" : "disconnected", .is_ready = true};
}

Member Node::self() const {
  auto member = this_node_.member();
  if (member.state == Member::kServing && !state_.has_joined()) member.state = Member::kJoining;
  member.interest = relay_.interest().size();
  for (const auto& type : relay_.interest()) {
    if (member.types.size() == kTypesMax) break;
    if (type.size() <= kTypeBytesMax) member.types.push_back(type);
  }
  return member;
}

Task<ClusterView> Node::view() { return on_shard(shards_, 0, view_here(Ref<const Node>(*this))); }

Task<ClusterView> Node::view_here(Ref<const Node> self) {
  co_return ClusterView{.bus = self->link_->is_connected() ? "connected" : "disconnected",
                        .self = self->self(),
                        .others = self->members_.others()};
}

template <class Work>
void Node::on_shard_0(Work work) {
  shards_->post(0, [here = here_, work = std::move(work)]() mutable {
    if (here->node != nullptr) work(*here->node);
  });
}

void Node::received(nats::LinkMessage message) noexcept {
  if (relay_.hears(message.subject)) return relay_.receive(std::move(message));
  if (here_->waiting.fetch_add(1) >= kWaitingMax) {
    here_->waiting.fetch_sub(1);
    return lost(nats::LinkLoss::kTooManyWait, 1);
  }
  on_shard_0([message = std::move(message)](Node& node) mutable {
    node.here_->waiting.fetch_sub(1);
    if (message.subject == node.subjects_.members()) return node.members_.receive(message);
    node.state_.receive(std::move(message));
  });
}

void Node::unanswered(std::string_view reply_to) noexcept {
  if (subjects_.is_place(reply_to)) return relay_.unanswered(reply_to);
  if (reply_to == subjects_.own()) on_shard_0([](Node& node) { node.state_.alone(); });
}

void Node::connected() noexcept {
  relay_.connected();
  on_shard_0([](Node& node) {
    node.state_.ask();
    node.members_.connected();
  });
}

void Node::lost(nats::LinkLoss why, std::uint64_t messages) noexcept {
  switch (why) {
    case nats::LinkLoss::kNotConnected: {
      metrics_.not_connected.add(messages);
      return;
    }
    case nats::LinkLoss::kTooManyKept: {
      metrics_.not_connected.add(messages);
      return relay_.not_sent();
    }
    case nats::LinkLoss::kTooLarge: {
      metrics_.too_large.add(messages);
      return;
    }
    case nats::LinkLoss::kTooManyWait: break;
  }
  metrics_.overload.add(messages);
  relay_.missed();
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

#include "io/node.hpp"

#include <rig/core/sharded.hpp>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace rig::cluster {
namespace {

constexpr std::size_t kWaitingMax = 65'536;  // messages on their way to shard 0

/// Servers take no age for one that has no end.
constexpr std::chrono::milliseconds kRecordedMin{1'000};

}  // namespace

Node::Node(const ClusterConfig& config, nats::Links& links, nats::Buckets& buckets,
           nats::Streams& streams, const Ports& ports)
    : this_node_(*ports.self, ports.lifecycle, *ports.registry),
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
      api_map_(
          ports.shards, buckets,
          {config.url, "cluster-apis", subjects_.bucket("apis"), config.replicas, config.access}),
      blacklist_map_(ports.shards, buckets,
                     {config.url, "cluster-blacklist", subjects_.bucket("blacklist"),
                      config.replicas, config.access}),
      apis_(ports.shards, ports.apis, api_map_, *ports.registry),
      blacklist_(ports.shards, ports.blacklist, blacklist_map_, *ports.registry),
      members_(
          ports.shards->executor(0), *link_, subjects_, [this] { return self(); }, metrics_,
          *ports.registry),
      calls_(
          ports.shards, *link_, ports.calls, CallSubjects(config.name, ports.self->id()),
          [this] { return others(Ref<const Node>(*this)); }, *ports.registry) {
  ports.events->connect(relay_);
}

Task<> Node::start() {
  worker_.start();
  apis_.start();
  blacklist_.start();
  members_.start();
  calls_.start();
  stream_->start();
  link_->start();
  api_map_.start();
  blacklist_map_.start();
  co_return;
}

Task<> Node::stop() {
  co_await members_.stop();
  relay_.stop();
  calls_.stop();
  if (std::exchange(here_->node, nullptr) == nullptr) co_return;
  api_map_.close();
  blacklist_map_.close();
  auto disconnect = [this] {
    // Each may wait some seconds for a server that says nothing.
    const std::jthread link([this] { link_->stop(); });
    const std::jthread stream([this] { stream_->stop(); });
    const std::jthread apis([this] { api_map_.disconnect(); });
    blacklist_map_.disconnect();
  };
  co_await Worker::run(worker_, std::move(disconnect));
  worker_.stop();
  co_await api_map_.stop();
  co_await blacklist_map_.stop();
  co_await apis_.stop();
  co_await blacklist_.stop();
}

api::HealthPart::State Node::state() const noexcept {
  if (!has_joined()) return {.word = "joining", .is_ready = false};
  const bool is_connected = link_->is_connected() && relay_.is_current() && api_map_.is_current() &&
                            blacklist_map_.is_current();
  return {.word = is_connected ? "connected" : "disconnected", .is_ready = true};
}

bool Node::has_joined() const noexcept {
  return apis_.has_caught_up() && blacklist_.has_caught_up() && relay_.has_joined();
}

Member Node::self() const {
  auto member = this_node_.member();
  if (member.state == Member::kServing && !has_joined()) member.state = Member::kJoining;
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

Task<std::vector<NodeCalls::Other>> Node::others(Ref<const Node> self) {
  co_return co_await on_shard(self->shards_, 0, others_here(self));
}

Task<std::vector<NodeCalls::Other>> Node::others_here(Ref<const Node> self) {
  std::vector<NodeCalls::Other> others;
  for (auto& member : self->members_.others()) {
    if (const auto id = peers::parse_node_id(member.id)) others.push_back({*id, member.name});
  }
  co_return others;
}

template <class Work>
void Node::on_shard_0(Work work) {
  shards_->post(0, [here = here_, work = std::move(work)]() mutable {
    if (here->node != nullptr) work(*here->node);
  });
}

void Node::received(nats::LinkMessage message) noexcept {
  if (relay_.hears(message.subject)) return relay_.receive(std::move(message));
  if (calls_.receive(message)) return;
  if (here_->waiting.fetch_add(1) >= kWaitingMax) {
    here_->waiting.fetch_sub(1);
    return lost(nats::LinkLoss::kTooManyWait, 1);
  }
  on_shard_0([message = std::move(message)](Node& node) mutable {
    node.here_->waiting.fetch_sub(1);
    if (message.subject == node.subjects_.members()) node.members_.receive(message);
  });
}

void Node::unanswered(std::string_view reply_to) noexcept {
  if (subjects_.is_place(reply_to)) return relay_.unanswered(reply_to);
  (void)calls_.unanswered(reply_to);
}

void Node::connected() noexcept {
  relay_.connected();
  on_shard_0([](Node& node) { node.members_.connected(); });
}

void Node::lost(nats::LinkLoss why, std::uint64_t messages) noexcept {
  switch (why) {
    case nats::LinkLoss::kNotConnected: return metrics_.not_connected.add(messages);
    case nats::LinkLoss::kTooLarge: {
      metrics_.too_large.add(messages);
      return relay_.not_sent();
    }
    case nats::LinkLoss::kTooManyKept: {
      metrics_.not_connected.add(messages);
      return relay_.not_sent();
    }
    case nats::LinkLoss::kTooManyWait: {
      metrics_.overload.add(messages);
      return relay_.missed();
    }
  }
}

}  // namespace rig::cluster

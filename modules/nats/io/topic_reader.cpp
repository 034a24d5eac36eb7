#include "io/topic_reader.hpp"

#include <rig/core/log.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace rig::nats {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchMax = 256;
constexpr std::chrono::seconds kLogInterval{1};

}  // namespace

TopicReader::TopicReader(std::string topic, const SourceConfig& config, Ref<Shards> shards,
                         ShardId shard, Ref<subscriptions::EventSink> sink,
                         Ref<metrics::Registry> registry)
    : topic_(std::move(topic)),
      hand_over_(shards, shard, sink),
      consumed_(*registry, "nats", topic_),
      decoder_(topic_, sink, consumed_, *registry),
      dropped_(registry->counter(
          {"rig_nats_dropped_messages_total",
           "Messages that found too many waiting in the gateway, and were dropped"},
          {{"topic", topic_}})),
      dropped_pace_(kLogInterval),
      reader_(
          {.subject = topic_,
           .group = config.queue_group,
           .pending_messages_max = config.pending_messages_max,
           .pending_bytes_max = config.pending_bytes_max},
          [this](MessagePtr message) { take_batch(std::move(message)); },
          [this](std::uint64_t messages) { note_dropped(messages); }) {}

void TopicReader::close() noexcept {
  hand_over_.give_up();
  reader_.close();
  hand_over_.resume();
}

/// Of what has come already: a batch waits for nothing.
void TopicReader::take_batch(MessagePtr message) {
  const auto received = Clock::now();
  Events events;
  (void)decoder_.decode(message.get(), events);
  for (std::size_t messages = 1; messages < kBatchMax && (message = reader_.more()); ++messages)
    (void)decoder_.decode(message.get(), events);
  const auto count = events.size();
  const auto accepted = hand_over_.deliver(std::move(events));
  if (accepted > 0) consumed_.accepted(Clock::now() - received, accepted);
  if (accepted < count) consumed_.failed(count - accepted);
}

void TopicReader::note_dropped(std::uint64_t messages) {
  dropped_.add(messages);
  if (!dropped_pace_.due(Clock::now())) return;
  RIG_LOG(kWarn, "messages from NATS were dropped, too many were waiting",
          {"topic", std::string_view(topic_)}, {"messages", messages});
}

}  // namespace rig::nats

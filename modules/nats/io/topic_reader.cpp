#include "io/topic_reader.hpp"

#include "io/headers.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/log.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

namespace rig::nats {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchMax = 256;
constexpr std::chrono::seconds kLogInterval{1};
constexpr std::size_t kLoggedBytesMax = 100;

metrics::Counter& failures(metrics::Registry& registry, std::string_view topic,
                           std::string_view reason) {
  return registry.counter({"rig_nats_failed_messages_total", "Messages that were no events"},
                          {{"topic", std::string(topic)}, {"reason", std::string(reason)}});
}

}  // namespace

TopicReader::TopicReader(std::string topic, const SourceConfig& config, Ref<Shards> shards,
                         ShardId shard, Ref<subscriptions::EventSink> sink,
                         Ref<metrics::Registry> registry)
    : topic_(std::move(topic)),
      sink_(sink),
      hand_over_(shards, shard, sink),
      consumed_(*registry, "nats", topic_),
      invalid_(failures(*registry, topic_, "invalid")),
      unsupported_(failures(*registry, topic_, "unsupported")),
      dropped_(registry->counter(
          {"rig_nats_dropped_messages_total",
           "Messages that found too many waiting in the gateway, and were dropped"},
          {{"topic", topic_}})),
      bad_pace_(kLogInterval),
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
  decode(message.get(), events);
  for (std::size_t messages = 1; messages < kBatchMax && (message = reader_.more()); ++messages)
    decode(message.get(), events);
  const auto count = events.size();
  const auto accepted = hand_over_.deliver(std::move(events));
  if (accepted > 0) consumed_.accepted(Clock::now() - received, accepted);
  if (accepted < count) consumed_.failed(count - accepted);
}

void TopicReader::decode(natsMsg* message, Events& events) {
  const auto headers = headers_of(message);
  const std::vector<cloudevents::Header> views(headers.begin(), headers.end());
  auto delivery = cloudevents::decode_nats(
      {.headers = views, .body = std::string(data_of(message))}, sink_->field_plans());
  if (delivery) {
    std::ranges::move(delivery->events, std::back_inserter(events));
    return;
  }
  const auto& error = delivery.error();
  note_bad(message, error.message, error.kind == cloudevents::DecodeError::Kind::kUnsupported);
}

void TopicReader::note_bad(const natsMsg* message, std::string_view reason, bool is_unsupported) {
  consumed_.failed();
  (is_unsupported ? unsupported_ : invalid_).add();
  const auto passed_over = bad_pace_.due(Clock::now());
  if (!passed_over) return;
  const auto data = data_of(message);
  RIG_LOG(kWarn, "a message from NATS is no event", {"topic", std::string_view(topic_)},
          {"subject", natsMsg_GetSubject(message)}, {"reason", reason}, {"bytes", data.size()},
          {"begins", data.substr(0, kLoggedBytesMax)}, {"others_before", *passed_over});
}

void TopicReader::note_dropped(std::uint64_t messages) {
  dropped_.add(messages);
  if (!dropped_pace_.due(Clock::now())) return;
  RIG_LOG(kWarn, "messages from NATS were dropped, too many were waiting",
          {"topic", std::string_view(topic_)}, {"messages", messages});
}

}  // namespace rig::nats

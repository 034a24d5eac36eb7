#pragma once

#include "config.hpp"
#include "io/event_decoder.hpp"
#include "io/hand_over.hpp"
#include "io/library.hpp"
#include "io/reader.hpp"
#include "logic/pace.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/metrics/consumed_events.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace rig::nats {

/// The events of one topic, decoded on a thread of its own and given in batches to one shard,
/// always the same, so that they keep their order. Called by the thread of the connection.
class TopicReader {
 public:
  TopicReader(std::string topic, const SourceConfig& config, Ref<Shards> shards, ShardId shard,
              Ref<subscriptions::EventSink> sink, Ref<metrics::Registry> registry);

  natsStatus open(OpenConnection connection) { return reader_.open(connection); }
  void drain() noexcept { reader_.drain(); }
  [[nodiscard]] bool is_done() const noexcept { return reader_.is_done(); }
  void close() noexcept;

 private:
  using Events = std::vector<cloudevents::EventRef>;

  void take_batch(MessagePtr message);
  void note_dropped(std::uint64_t messages);

  const std::string topic_;
  HandOver hand_over_;
  metrics::ConsumedEvents consumed_;
  EventDecoder decoder_;
  metrics::Counter& dropped_;
  Pace dropped_pace_;
  Reader reader_;  // its thread uses all of the above
};

}  // namespace rig::nats

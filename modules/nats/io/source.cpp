#include "io/source.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::int64_t kFlushTimeoutMs = 5'000;

}  // namespace

Source::Source(SourceConfig config, Shards& shards, subscriptions::EventSink& sink,
               metrics::Registry& registry)
    : config_(std::move(config)) {
  for (std::size_t i = 0; i < config_.topics.size(); ++i) {
    const auto shard = static_cast<ShardId>(i % shards.count());
    readers_.push_back(
        std::make_unique<TopicReader>(config_.topics[i], config_, shards, shard, sink, registry));
  }
}

natsStatus Source::opened(OpenConnection connection) {
  for (const auto& reader : readers_) {
    if (const auto status = reader->open(connection); status != NATS_OK) return status;
  }
  // The servers know of the subscriptions before anybody is told that there is a connection.
  return natsConnection_FlushTimeout(connection, kFlushTimeoutMs);
}

void Source::closing() noexcept {
  for (const auto& reader : readers_) reader->close();
}

void Source::drain() noexcept {
  for (const auto& reader : readers_) reader->drain();
}

bool Source::is_drained() noexcept {
  return std::ranges::all_of(readers_, [](const auto& reader) { return reader->is_done(); });
}

}  // namespace rig::nats

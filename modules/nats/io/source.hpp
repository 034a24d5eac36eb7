#pragma once

#include "config.hpp"
#include "io/connection.hpp"
#include "io/topic_reader.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/subscriptions/event_sink.hpp>

#include <memory>
#include <vector>

namespace rig::nats {

/// Events from NATS: subscribes to each topic in the queue group, so that of several gateways one
/// gets each message.
class Source final : public ConnectionUser {
 public:
  Source(SourceConfig config, Shards& shards, subscriptions::EventSink& sink,
         metrics::Registry& registry);

  natsStatus opened(OpenConnection connection) override;
  void closing() noexcept override;
  /// The group's other gateways get what comes from now on; what is here is still delivered.
  void drain() noexcept override;
  [[nodiscard]] bool is_drained() noexcept override;

 private:
  const SourceConfig config_;
  std::vector<std::unique_ptr<TopicReader>> readers_;
};

}  // namespace rig::nats

#pragma once

#include <rig/core/ref.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/stream.hpp>

#include <memory>

namespace rig::nats {

/// Makes streams for other modules, which stop them before this module stops.
class StreamMaker final : public Streams {
 public:
  explicit StreamMaker(metrics::Registry& registry) : registry_(registry) {}

  std::unique_ptr<Stream> open(Settings settings) override;

 private:
  Ref<metrics::Registry> registry_;
};

}  // namespace rig::nats

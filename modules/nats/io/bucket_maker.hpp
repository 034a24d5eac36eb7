#pragma once

#include <rig/core/ref.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/nats/bucket.hpp>

#include <memory>

namespace rig::nats {

/// Makes buckets for other modules, which stop them before this module stops.
class BucketMaker final : public Buckets {
 public:
  explicit BucketMaker(metrics::Registry& registry) : registry_(registry) {}

  std::unique_ptr<Bucket> open(Settings settings, BucketUser& user) override;

 private:
  Ref<metrics::Registry> registry_;
};

}  // namespace rig::nats

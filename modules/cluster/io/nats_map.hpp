#pragma once

#include "io/map_news.hpp"
#include "io/replicated_map.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/nats/bucket.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rig::cluster {

/// A map in a bucket of NATS servers. What its threads tell is carried to shard 0.
class NatsMap final : public ReplicatedMap, private nats::BucketUser {
 public:
  NatsMap(Ref<Shards> shards, nats::Buckets& buckets, nats::Buckets::Settings settings);

  void start() { bucket_->start(); }
  /// Nothing is written any more; on shard 0. Then `disconnect`, which waits, on no shard, and
  /// `stop`. Safe to call twice, and without a start.
  void close() noexcept { is_closed_ = true; }
  void disconnect() noexcept { bucket_->stop(); }
  Task<> stop();

  void watch(Watcher& watcher) override { news_.watch(watcher); }
  [[nodiscard]] bool is_current() const noexcept override { return bucket_->is_current(); }
  Task<Written> write(Entry entry) override;
  void forget(std::string key, std::uint64_t revision) override;

 private:
  /// How news find the map; null when it has stopped.
  struct Here {
    MapNews* news;
  };

  void began() noexcept override;
  void changed(std::vector<Entry> entries, std::function<void()> taken) noexcept override;
  void caught_up() noexcept override;
  template <class Tell>
  void on_shard_0(Tell tell) noexcept;

  Ref<Shards> shards_;
  bool is_closed_ = false;
  MapNews news_;
  std::shared_ptr<Here> here_;
  std::unique_ptr<nats::Bucket> bucket_;
};

}  // namespace rig::cluster

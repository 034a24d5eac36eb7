#pragma once

#include "io/bucket_maker.hpp"
#include "io/local_map.hpp"
#include "io/nats_map.hpp"
#include "io/replicated_map.hpp"
#include "testkit/deadline.hpp"
#include "testkit/nats_server.hpp"

#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/core/task.hpp>
#include <rig/metrics/test_registry.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <memory>
#include <string>
#include <utility>

namespace rig::cluster {

/// Two shards, of which the first one has the map.
class OnShards {
 public:
  OnShards() { shards_.start(); }
  ~OnShards() { shards_.finish(); }
  OnShards(const OnShards&) = delete;
  OnShards& operator=(const OnShards&) = delete;

  Shards& shards() { return shards_; }
  template <class T>
  T run(Task<T> task, ShardId shard = 0) {
    return boost::asio::co_spawn(shards_.executor(shard), std::move(task), boost::asio::use_future)
        .get();
  }

 private:
  Shards shards_{2, 1'000};
};

/// A map in this process.
class LocalMaps {
 public:
  explicit LocalMaps(OnShards& on) : on_(on), map_(on.shards().executor(0)) {}
  ~LocalMaps() { on_.run(map_.stop()); }

  ReplicatedMap& map() { return map_; }
  void start() { on_.run(start_on(map_)); }

 private:
  static Task<> start_on(Ref<LocalMap> map) {
    map->start();
    co_return;
  }

  OnShards& on_;
  LocalMap map_;
};

/// A map in a NATS server of its own.
class NatsMaps {
 public:
  explicit NatsMaps(OnShards& on)
      : on_(on),
        map_(on.shards(), buckets_,
             {Secret("nats://" + server_.address()), "test", "test-1-map", 1}) {}
  ~NatsMaps() {
    on_.run(close(map_));
    map_.disconnect();
    on_.run(map_.stop());
  }

  ReplicatedMap& map() { return map_; }
  void start() {
    map_.start();
    if (!testkit::eventually([this] { return map_.is_current(); }))
      throw testkit::Failure("the bucket cannot be used:\n" + server_.log());
  }

 private:
  static Task<> close(Ref<NatsMap> map) {
    map->close();
    co_return;
  }

  OnShards& on_;
  testkit::NatsServer server_;
  metrics::TestRegistry registry_{2};
  nats::BucketMaker buckets_{registry_};
  NatsMap map_;
};

}  // namespace rig::cluster

#pragma once

#include <rig/core/task.hpp>
#include <rig/nats/bucket.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace rig::cluster {

/// A map that all nodes of a cluster share: every write is made after a look at what is there, and
/// told to all. Lives on shard 0, where all calls are made, too.
class ReplicatedMap {
 public:
  using Entry = nats::BucketEntry;
  using Written = nats::BucketWrite;

  /// Who follows it; called on shard 0, one call after the other.
  class Watcher {
   public:
    /// The map has begun anew: what was known of revisions is void.
    virtual void began() = 0;
    /// What has changed (at least one entry), also by this node, in the order of revisions; of
    /// several changes of a key perhaps only the last one. The next ones wait.
    virtual Task<> changed(std::vector<Entry> entries) = 0;
    /// All that was in the map has been told; also whenever the map could not be followed for a
    /// while.
    virtual void caught_up() = 0;

   protected:
    ~Watcher() = default;
  };

  /// Once, before the start.
  virtual void watch(Watcher& watcher) = 0;
  /// It has been read and is followed: what is written now is written on the ground of that. Any
  /// thread.
  [[nodiscard]] virtual bool is_current() const noexcept = 0;
  /// Writes if the key's revision is still `entry.revision`; 0: if it is not there. Some seconds at
  /// most.
  virtual Task<Written> write(Entry entry) = 0;
  /// Takes a key out if it is still of that revision. Nobody is told: it is for what all nodes know
  /// to be over.
  virtual void forget(std::string key, std::uint64_t revision) = 0;

 protected:
  ~ReplicatedMap() = default;
};

}  // namespace rig::cluster

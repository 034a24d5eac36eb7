#pragma once

#include <rig/core/secret.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::nats {

struct ConnectionConfig;

/// What a bucket has of a key.
struct BucketEntry {
  std::string key;
  std::string value;
  std::uint64_t revision = 0;  ///< of the bucket: rises with each write, of whatever key
};

/// What came of a write.
struct BucketWrite {
  enum class Outcome : std::uint8_t {
    kDone,
    kChanged,      ///< the key has another revision than expected, which `now` tells
    kUnavailable,  ///< nobody can say whether it was made; it most likely was not
  };
  Outcome outcome = Outcome::kUnavailable;
  std::uint64_t revision = 0;           ///< of what was written
  std::optional<BucketEntry> now = {};  ///< nothing: the key is not there
};

/// Who uses a bucket. The calls come from threads that are no shards, one after the other, and must
/// not wait.
class BucketUser {
 public:
  /// The bucket is another one than before, as when all servers began anew without storage: what
  /// was known of revisions is void. What follows is all that it has.
  virtual void began() noexcept = 0;
  /// What has changed, own writes too, in the order of the revisions; of several changes of a key
  /// perhaps only the last one. `taken` is called once, on any thread, to get the next ones.
  virtual void changed(std::vector<BucketEntry> entries, std::function<void()> taken) noexcept = 0;
  /// All that was there when this connection began has been told.
  virtual void caught_up() noexcept = 0;

 protected:
  ~BucketUser() = default;
};

/// A key-value bucket of JetStream, in the memory of the servers: made if it is not there, and
/// followed over a connection of its own for as long as the gateway runs. Keys have letters,
/// digits and `-_/=.`, and neither begin nor end with a dot.
class Bucket {
 public:
  virtual ~Bucket() = default;

  /// Servers that cannot be reached, or have no JetStream, are no error: it is tried again.
  virtual void start() = 0;
  /// On no shard, as it waits. Nothing of the user is called afterwards; writes that wait have
  /// failed. Safe to call twice.
  virtual void stop() noexcept = 0;

  /// It has caught up and is followed. Any thread.
  [[nodiscard]] virtual bool is_current() const noexcept = 0;
  /// Writes if the key's revision is still `entry.revision`; 0: if it is not there. Any thread;
  /// `done` is called once, on any thread, after a few seconds at most.
  virtual void write(BucketEntry entry, std::function<void(BucketWrite)> done) = 0;
  /// Takes a key out if it is still of that revision, without a word to anybody. If it fails it
  /// stays. Any thread.
  virtual void forget(std::string key, std::uint64_t revision) = 0;
};

/// Makes buckets.
class Buckets {
 public:
  static constexpr std::string_view kPort = "nats.buckets";

  struct Settings {
    Secret url;                ///< as NATS_SERVERS; `Links::problem_of` says whether it can be used
    std::string_view purpose;  ///< of the connection; lives for ever
    std::string name;          ///< letters, digits, `-` and `_`
    int replicas = 1;          ///< servers that have a copy; odd
    /// By `Links::read_access`, of the same URL; null: there is nothing beside the URL.
    std::shared_ptr<const ConnectionConfig> access = {};
  };
  /// `user` outlives the bucket.
  virtual std::unique_ptr<Bucket> open(Settings settings, BucketUser& user) = 0;

 protected:
  ~Buckets() = default;
};

}  // namespace rig::nats

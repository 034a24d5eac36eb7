#pragma once

#include "io/bucket_stream.hpp"
#include "io/stream_feed.hpp"

#include <rig/nats/bucket.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace rig::nats {

/// Follows a bucket on a thread of its own until it is destroyed or the library gives up. What has
/// come is told in batches, of which two are with the user at a time.
class BucketReader {
 public:
  /// `note_current` is called on the thread when everything up to the revision `end` has been told;
  /// at once if it has been before. That no message waits says nothing: the server that is read
  /// from may be behind the others.
  BucketReader(std::unique_ptr<StreamFeed> feed, std::uint64_t end, const BucketStream& stream,
               BucketUser& user, std::atomic<std::uint64_t>& revision,
               std::function<void()> note_current);
  ~BucketReader();
  BucketReader(const BucketReader&) = delete;
  BucketReader& operator=(const BucketReader&) = delete;

  [[nodiscard]] bool has_ended() const noexcept { return has_ended_.load(); }

 private:
  struct Batch {
    std::vector<BucketEntry> entries;
    std::size_t bytes = 0;
  };
  using Credits = std::counting_semaphore<>;

  void run();
  bool read(Batch& batch);
  bool tell(Batch batch);

  const std::unique_ptr<StreamFeed> feed_;
  const std::uint64_t end_;
  const BucketStream& stream_;
  BucketUser& user_;
  std::atomic<std::uint64_t>& revision_;
  std::function<void()> note_current_;
  bool is_current_;
  std::shared_ptr<Credits> credits_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> has_ended_{false};
  std::thread thread_;
};

}  // namespace rig::nats

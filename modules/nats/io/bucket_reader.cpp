#include "io/bucket_reader.hpp"

#include <chrono>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::size_t kBatchEntries = 10'000;
constexpr std::size_t kBatchBytes = 8U << 20U;
constexpr std::ptrdiff_t kBatches = 2;
constexpr std::int64_t kWaitMs = 1'000;  // the wait ends with the subscription

}  // namespace

BucketReader::BucketReader(std::unique_ptr<StreamFeed> feed, std::uint64_t end,
                           const BucketStream& stream, BucketUser& user,
                           std::atomic<std::uint64_t>& revision, std::function<void()> note_current)
    : feed_(std::move(feed)),
      end_(end),
      stream_(stream),
      user_(user),
      revision_(revision),
      note_current_(std::move(note_current)),
      is_current_(revision.load() >= end),
      credits_(std::make_shared<Credits>(kBatches)),
      thread_([this] { run(); }) {}

BucketReader::~BucketReader() {
  is_stopping_.store(true);
  credits_->release();
  feed_->end();
  thread_.join();
}

void BucketReader::run() {
  if (is_current_) note_current_();
  Batch batch;
  while (!is_stopping_.load() && read(batch)) {
    if (!batch.entries.empty() && !tell(std::exchange(batch, {}))) break;
  }
  has_ended_.store(true);
}

/// What has come by now, and perhaps nothing. False: there is nothing to be read any more.
bool BucketReader::read(Batch& batch) {
  while (batch.entries.size() < kBatchEntries && batch.bytes < kBatchBytes) {
    StreamFeed::Message next;
    const auto status = feed_->next(kWaitMs, next);
    if (status == NATS_TIMEOUT) return true;
    if (status != NATS_OK) return false;
    batch.entries.push_back(stream_.entry_of(next.message.get(), next.sequence));
    batch.bytes += batch.entries.back().value.size();
    if (next.left_behind == 0) return true;
  }
  return true;
}

/// False: it ends meanwhile.
bool BucketReader::tell(Batch batch) {
  credits_->acquire();
  if (is_stopping_.load()) return false;
  const auto revision = batch.entries.back().revision;
  user_.changed(std::move(batch.entries), [credits = credits_] { credits->release(); });
  revision_.store(revision);
  if (revision >= end_ && !std::exchange(is_current_, true)) note_current_();
  return true;
}

}  // namespace rig::nats

#include "io/bucket_reader.hpp"

#include <chrono>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::size_t kBatchEntries = 10'000;
constexpr std::size_t kBatchBytes = 8U << 20U;
constexpr std::ptrdiff_t kBatches = 2;
constexpr std::int64_t kWaitMs = 1'000;  // the wait ends with the subscription

using MetaPtr = std::unique_ptr<jsMsgMetaData, DestroyWith<jsMsgMetaData, jsMsgMetaData_Destroy>>;

}  // namespace

BucketReader::BucketReader(SubscriptionPtr subscription, std::uint64_t end,
                           const BucketStream& stream, BucketUser& user,
                           std::atomic<std::uint64_t>& revision, std::function<void()> note_current)
    : subscription_(std::move(subscription)),
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
  natsSubscription_Unsubscribe(subscription_.get());
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
    natsMsg* got = nullptr;
    const auto status = natsSubscription_NextMsg(&got, subscription_.get(), kWaitMs);
    const MessagePtr message(got);
    if (status == NATS_TIMEOUT) return true;
    if (status != NATS_OK) return false;
    if (!add(got, batch)) return false;
    if (batch.is_last) return true;
  }
  return true;
}

/// False: something before it is missing.
bool BucketReader::add(natsMsg* message, Batch& batch) {
  jsMsgMetaData* found = nullptr;
  if (natsMsg_GetMetaData(&found, message) != NATS_OK) return false;
  const MetaPtr meta(found);
  if (meta->Sequence.Consumer != ++messages_) return false;
  batch.entries.push_back(stream_.entry_of(message, meta->Sequence.Stream));
  batch.bytes += batch.entries.back().value.size();
  batch.is_last = meta->NumPending == 0;
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

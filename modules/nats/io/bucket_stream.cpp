#include "io/bucket_stream.hpp"

#include "io/headers.hpp"

#include <memory>
#include <utility>

namespace rig::nats {
namespace {

using StreamInfoPtr =
    std::unique_ptr<jsStreamInfo, DestroyWith<jsStreamInfo, jsStreamInfo_Destroy>>;
using PubAckPtr = std::unique_ptr<jsPubAck, DestroyWith<jsPubAck, jsPubAck_Destroy>>;

}  // namespace

BucketStream::BucketStream(std::string_view name, int replicas)
    : stream_("KV_" + std::string(name)),
      prefix_("$KV." + std::string(name) + "."),
      replicas_(replicas) {}

natsStatus BucketStream::attach(OpenConnection connection) {
  connection_ = connection;
  return open_jetstream(connection, context_);
}

natsStatus BucketStream::open() {
  const std::string all = prefix_ + ">";
  const char* subjects[] = {all.c_str()};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = stream_.c_str();
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.MaxMsgsPerSubject = 1;
  config.Discard = js_DiscardNew;
  config.Storage = js_MemoryStorage;
  config.Replicas = replicas_;
  config.DenyDelete = true;
  config.AllowRollup = true;
  config.AllowDirect = true;
  jsErrCode error{};
  const auto status = js_AddStream(nullptr, context_.get(), &config, nullptr, &error);
  // Another node has made it, perhaps with another number of replicas; that is the one, then.
  return error == JSStreamNameExistErr ? NATS_OK : status;
}

natsStatus BucketStream::look(State& state) const {
  jsStreamInfo* found = nullptr;
  const auto status = js_GetStreamInfo(&found, context_.get(), stream_.c_str(), nullptr, nullptr);
  const StreamInfoPtr info(found);
  if (status == NATS_OK) state = {info->Created, info->State.LastSeq};
  return status;
}

natsStatus BucketStream::look_for_last(std::uint64_t& revision) const {
  std::optional<BucketEntry> last;
  const auto status = read(">", last);
  revision = last ? last->revision : 0;
  return status;
}

natsStatus BucketStream::follow(std::uint64_t after, StreamFeed& feed) const {
  return feed.open(connection_, context_.get(), stream_, prefix_ + ">", after);
}

natsStatus BucketStream::write(const BucketEntry& entry, BucketWrite& made) const {
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = kJetStreamWaitMs;
  options.ExpectLastSubjectSeq = entry.revision;
  options.ExpectNoMessage = entry.revision == 0;
  jsPubAck* got = nullptr;
  jsErrCode error{};
  const auto status =
      js_Publish(&got, context_.get(), (prefix_ + entry.key).c_str(), entry.value.data(),
                 static_cast<int>(entry.value.size()), &options, &error);
  const PubAckPtr ack(got);
  if (status == NATS_OK) {
    made.outcome = BucketWrite::Outcome::kDone;
    made.revision = ack->Sequence;
    return status;
  }
  if (error != JSStreamWrongLastSequenceErr) return status;
  const auto found = read(entry.key, made.now);
  if (found == NATS_OK) made.outcome = BucketWrite::Outcome::kChanged;
  return found;
}

natsStatus BucketStream::read(const std::string& key, std::optional<BucketEntry>& entry) const {
  natsMsg* found = nullptr;
  jsErrCode error{};
  const auto status = js_GetLastMsg(&found, context_.get(), stream_.c_str(),
                                    (prefix_ + key).c_str(), nullptr, &error);
  const MessagePtr message(found);
  if (status == NATS_OK) entry = entry_of(found, natsMsg_GetSequence(found));
  return error == JSNoMessageFoundErr ? NATS_OK : status;
}

natsStatus BucketStream::forget(const std::string& key, std::uint64_t revision) const {
  const auto subject = prefix_ + key;
  jsOptions options;
  jsOptions_Init(&options);
  options.Stream.Purge.Subject = subject.c_str();
  options.Stream.Purge.Sequence = revision + 1;
  return js_PurgeStream(context_.get(), stream_.c_str(), &options, nullptr);
}

/// What somebody has deleted by a tool has no value.
BucketEntry BucketStream::entry_of(natsMsg* message, std::uint64_t revision) const {
  return {std::string(std::string_view(natsMsg_GetSubject(message)).substr(prefix_.size())),
          std::string(data_of(message)), revision};
}

}  // namespace rig::nats

#include "io/stream_feed.hpp"

#include <string_view>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::int64_t kHeartbeatNs = 5'000'000'000;
constexpr std::int64_t kForgottenAfterNs = 2'000'000'000;

using ConsumerInfoPtr =
    std::unique_ptr<jsConsumerInfo, DestroyWith<jsConsumerInfo, jsConsumerInfo_Destroy>>;
using InboxPtr = std::unique_ptr<natsInbox, DestroyWith<natsInbox, natsInbox_Destroy>>;
using MetaDataPtr =
    std::unique_ptr<jsMsgMetaData, DestroyWith<jsMsgMetaData, jsMsgMetaData_Destroy>>;

std::string_view header(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK ? value : std::string_view();
}

}  // namespace

natsStatus StreamFeed::open(OpenConnection connection, jsCtx* context, const std::string& stream,
                            const std::string& subject, std::uint64_t after) {
  connection_ = connection;
  natsInbox* inbox_made = nullptr;
  auto status = natsInbox_Create(&inbox_made);
  const InboxPtr inbox(inbox_made);
  natsSubscription* made = nullptr;
  if (status == NATS_OK) status = natsConnection_SubscribeSync(&made, connection, inbox_made);
  subscription_ = connection.own(made);
  // The server holds back, see FlowControl.
  if (status == NATS_OK) status = natsSubscription_SetPendingLimits(made, -1, -1);
  if (status != NATS_OK) return status;

  jsConsumerConfig wanted;
  jsConsumerConfig_Init(&wanted);
  wanted.DeliverSubject = inbox_made;
  wanted.FilterSubject = subject.c_str();
  wanted.DeliverPolicy = js_DeliverByStartSequence;
  wanted.OptStartSeq = after + 1;
  wanted.AckPolicy = js_AckNone;
  wanted.MaxDeliver = 1;
  wanted.FlowControl = true;
  wanted.Heartbeat = kHeartbeatNs;
  wanted.InactiveThreshold = kForgottenAfterNs;
  wanted.MemoryStorage = true;
  jsConsumerInfo* found = nullptr;
  status = js_AddConsumer(&found, context, stream.c_str(), &wanted, nullptr, nullptr);
  const ConsumerInfoPtr info(found);
  if (status == NATS_OK) count_at_start_ = info->NumPending + info->Delivered.Consumer;
  return status;
}

natsStatus StreamFeed::next(std::int64_t wait_ms, Message& message) {
  for (;;) {
    natsMsg* got = nullptr;
    const auto status = natsSubscription_NextMsg(&got, subscription_.get(), wait_ms);
    MessagePtr received(got);
    if (status != NATS_OK) return status;
    if (!obey_control(got)) return read(std::move(received), message);
  }
}

void StreamFeed::end() noexcept { natsSubscription_Unsubscribe(subscription_.get()); }

/// It asks whether all before it has been taken: with a message of its own, or with its heartbeats
/// if that one was lost.
bool StreamFeed::obey_control(natsMsg* message) {
  if (natsMsg_GetDataLength(message) != 0 || header(message, "Status") != "100") return false;
  const char* asked = natsMsg_GetReply(message);
  const auto stalled = header(message, "Nats-Consumer-Stalled");
  if (asked == nullptr && !stalled.empty()) asked = stalled.data();
  if (asked != nullptr) natsConnection_Publish(connection_, asked, nullptr, 0);
  return true;
}

natsStatus StreamFeed::read(MessagePtr received, Message& message) {
  jsMsgMetaData* told = nullptr;
  const auto status = natsMsg_GetMetaData(&told, received.get());
  const MetaDataPtr data(told);
  if (status != NATS_OK) return status;
  if (data->Sequence.Consumer != ++received_) return NATS_MISMATCH;
  message = {std::move(received), data->Sequence.Stream, data->Timestamp, data->NumPending};
  return NATS_OK;
}

}  // namespace rig::nats

#include "io/follow_stream.hpp"

namespace rig::nats {

natsStatus follow_stream(jsCtx* context, const std::string& stream, const std::string& subject,
                         std::uint64_t after, SubscriptionPtr& subscription) {
  constexpr std::int64_t kHeartbeatNs = 5'000'000'000;
  jsSubOptions options;
  jsSubOptions_Init(&options);
  options.Stream = stream.c_str();
  options.Config.DeliverPolicy = js_DeliverByStartSequence;
  options.Config.OptStartSeq = after + 1;
  options.Config.AckPolicy = js_AckNone;
  options.Config.MaxDeliver = 1;
  options.Config.FlowControl = true;
  options.Config.Heartbeat = kHeartbeatNs;
  options.Config.MemoryStorage = true;
  natsSubscription* made = nullptr;
  const auto status = js_SubscribeSync(&made, context, subject.c_str(), nullptr, &options, nullptr);
  subscription.reset(made);
  if (status != NATS_OK) return status;
  return natsSubscription_SetPendingLimits(made, -1, -1);
}

}  // namespace rig::nats

#include "io/event_decoder.hpp"

#include "io/headers.hpp"

#include <rig/cloudevents/codec.hpp>
#include <rig/core/log.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

namespace rig::nats {
namespace {

constexpr std::chrono::seconds kLogInterval{1};
constexpr std::size_t kLoggedBytesMax = 100;

metrics::Counter& failures(metrics::Registry& registry, std::string_view topic,
                           std::string_view reason) {
  return registry.counter({"rig_nats_failed_messages_total", "Messages that were no events"},
                          {{"topic", std::string(topic)}, {"reason", std::string(reason)}});
}

}  // namespace

EventDecoder::EventDecoder(std::string topic, Ref<subscriptions::EventSink> sink,
                           Ref<metrics::ConsumedEvents> consumed, metrics::Registry& registry)
    : topic_(std::move(topic)),
      sink_(sink),
      consumed_(consumed),
      invalid_(failures(registry, topic_, "invalid")),
      unsupported_(failures(registry, topic_, "unsupported")),
      pace_(kLogInterval) {}

bool EventDecoder::decode(natsMsg* message, std::vector<cloudevents::EventRef>& events) {
  const auto headers = headers_of(message);
  const std::vector<cloudevents::Header> views(headers.begin(), headers.end());
  auto delivery = cloudevents::decode_nats(
      {.headers = views, .body = std::string(data_of(message))}, sink_->field_plans());
  if (delivery) {
    std::ranges::move(delivery->events, std::back_inserter(events));
    return true;
  }
  const auto& error = delivery.error();
  note_bad(message, error.message, error.kind == cloudevents::DecodeError::Kind::kUnsupported);
  return false;
}

void EventDecoder::note_bad(const natsMsg* message, std::string_view reason, bool is_unsupported) {
  consumed_->failed();
  (is_unsupported ? unsupported_ : invalid_).add();
  const auto passed_over = pace_.due(Pace::Clock::now());
  if (!passed_over) return;
  const auto data = data_of(message);
  RIG_LOG(kWarn, "a message from NATS is no event", {"topic", std::string_view(topic_)},
          {"subject", natsMsg_GetSubject(message)}, {"reason", reason}, {"bytes", data.size()},
          {"begins", data.substr(0, kLoggedBytesMax)}, {"others_before", *passed_over});
}

}  // namespace rig::nats

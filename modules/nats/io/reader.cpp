#include "io/reader.hpp"

#include <utility>

namespace rig::nats {
namespace {

constexpr std::int64_t kPatienceMs = 250;  // how soon a thread without messages sees that it drains

}  // namespace

Reader::Reader(Interest interest, std::function<void(MessagePtr)> handle,
               std::function<void(std::uint64_t)> note_dropped)
    : interest_(std::move(interest)),
      handle_(std::move(handle)),
      note_dropped_(std::move(note_dropped)) {}

natsStatus Reader::open(OpenConnection connection) {
  natsSubscription* made = nullptr;
  const auto status = natsConnection_QueueSubscribeSync(
      &made, connection, interest_.subject.c_str(), interest_.group.c_str());
  if (status != NATS_OK) return status;
  subscription_ = connection.own(made);
  natsSubscription_SetPendingLimits(made, interest_.pending_messages_max,
                                    static_cast<int>(interest_.pending_bytes_max));
  dropped_ = 0;
  is_done_.store(false);
  thread_ = std::thread([this] { read(); });
  return NATS_OK;
}

void Reader::drain() noexcept {
  is_draining_.store(true);
  if (subscription_) natsSubscription_Drain(subscription_.get());
}

void Reader::close() noexcept {
  if (!thread_.joinable()) return;
  is_closing_.store(true);
  natsSubscription_Unsubscribe(subscription_.get());
  thread_.join();
  subscription_.reset();
  is_closing_.store(false);
}

void Reader::read() {
  while (!is_closing_.load()) {
    auto message = next(kPatienceMs);
    look_for_dropped();
    if (message) {
      handle_(std::move(message));
    } else if (is_draining_.load() || !natsSubscription_IsValid(subscription_.get())) {
      break;
    }
  }
  is_done_.store(true);
}

MessagePtr Reader::more() { return is_closing_.load() ? nullptr : next(0); }

/// Null: none came in time, or none will.
MessagePtr Reader::next(std::int64_t wait_ms) {
  natsMsg* message = nullptr;
  auto status = natsSubscription_NextMsg(&message, subscription_.get(), wait_ms);
  // That some were dropped is told once, before the messages that were not.
  if (status == NATS_SLOW_CONSUMER)
    status = natsSubscription_NextMsg(&message, subscription_.get(), wait_ms);
  return MessagePtr(status == NATS_OK ? message : nullptr);
}

void Reader::look_for_dropped() {
  std::int64_t dropped = 0;
  if (natsSubscription_GetDropped(subscription_.get(), &dropped) != NATS_OK) return;
  const auto more = dropped - std::exchange(dropped_, dropped);
  if (more > 0) note_dropped_(static_cast<std::uint64_t>(more));
}

}  // namespace rig::nats

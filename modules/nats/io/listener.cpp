#include "io/listener.hpp"

#include <utility>

namespace rig::nats {

Listener::Listener(std::string subject, Limits limits, std::function<void(natsMsg*)> handle,
                   std::function<void(std::uint64_t)> note_dropped)
    : subject_(std::move(subject)),
      limits_(limits),
      handle_(std::move(handle)),
      note_dropped_(std::move(note_dropped)) {}

natsStatus Listener::open(OpenConnection connection) {
  natsSubscription* made = nullptr;
  dropped_ = 0;
  const auto on_message = [](natsConnection*, natsSubscription* subscription, natsMsg* message,
                             void* self) {
    const MessagePtr owned(message);
    static_cast<Listener*>(self)->receive(subscription, message);
  };
  const auto status =
      natsConnection_Subscribe(&made, connection, subject_.c_str(), on_message, this);
  if (status != NATS_OK) return status;
  subscription_ = connection.own(made);
  natsSubscription_SetOnCompleteCB(
      made, [](void* self) { static_cast<Listener*>(self)->is_over_.release(); }, this);
  natsSubscription_SetPendingLimits(made, limits_.pending_messages_max,
                                    static_cast<int>(limits_.pending_bytes_max));
  return NATS_OK;
}

void Listener::close() noexcept {
  if (!subscription_) return;
  natsSubscription_Unsubscribe(subscription_.get());
  is_over_.acquire();
  subscription_.reset();
}

void Listener::receive(natsSubscription* subscription, natsMsg* message) {
  std::int64_t dropped = 0;
  if (natsSubscription_GetDropped(subscription, &dropped) == NATS_OK && dropped > dropped_)
    note_dropped_(static_cast<std::uint64_t>(dropped - std::exchange(dropped_, dropped)));
  handle_(message);
}

}  // namespace rig::nats

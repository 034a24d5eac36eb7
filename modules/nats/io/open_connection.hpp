#pragma once

#include "io/library.hpp"

#include <memory>

namespace rig::nats {

class Connection;

/// Ends a subscription at once, and destroys it when the library has done with it, or with the
/// connection. To be used up to the end of `ConnectionUser::closing`.
struct Retire {
  Connection* connection = nullptr;
  void operator()(natsSubscription* subscription) const noexcept;
};
using SubscriptionPtr = std::unique_ptr<natsSubscription, Retire>;

/// A connection that its user has. Nothing by default.
class OpenConnection {
 public:
  OpenConnection() = default;
  OpenConnection(natsConnection* of_library, Connection& connection) noexcept
      : of_library_(of_library), connection_(&connection) {}

  // NOLINTNEXTLINE(google-explicit-constructor): it is one to the library
  operator natsConnection*() const noexcept { return of_library_; }
  [[nodiscard]] SubscriptionPtr own(natsSubscription* subscription) const noexcept {
    return {subscription, Retire{connection_}};
  }

 private:
  natsConnection* of_library_ = nullptr;
  Connection* connection_ = nullptr;
};

}  // namespace rig::nats

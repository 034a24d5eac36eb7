#pragma once

#include "io/library.hpp"

#include <cstdint>
#include <memory>

namespace rig::nats {

using JetStreamPtr = std::unique_ptr<jsCtx, DestroyWith<jsCtx, jsCtx_Destroy>>;

constexpr std::int64_t kJetStreamWaitMs = 2'000;  // for an answer

/// What a connection asks the servers about streams by. It asks nothing yet.
inline natsStatus open_jetstream(natsConnection* connection, JetStreamPtr& context) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = kJetStreamWaitMs;
  jsCtx* made = nullptr;
  const auto status = natsConnection_JetStream(&made, connection, &options);
  context.reset(made);
  return status;
}

}  // namespace rig::nats

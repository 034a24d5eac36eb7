#pragma once

#include <chrono>

namespace rig::nats {

/// How long to wait before the servers are tried again, after `rounds` rounds (from 1) in which
/// none could be reached: 100 ms, doubled each time up to 2 s, and of that a random part between
/// half and all, so that gateways which lost the same server do not come back in step. `random` is
/// from 0 to 1.
[[nodiscard]] std::chrono::milliseconds reconnect_delay(int rounds, double random) noexcept;

}  // namespace rig::nats

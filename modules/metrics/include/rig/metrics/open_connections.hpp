#pragma once

#include <rig/metrics/registry.hpp>

#include <cstdint>

namespace rig::metrics {

/// `rig_connections`: counted by the transport, read by whoever tells others how much a gateway has
/// to do.
struct OpenConnections {
  explicit OpenConnections(Registry& registry)
      : http(of(registry, "http")),
        sse(of(registry, "sse")),
        ws(of(registry, "ws")),
        longpolling(of(registry, "longpolling")) {}

  /// Those that are sent events.
  [[nodiscard]] std::uint64_t of_clients() const noexcept {
    // Each part is counted by several threads, so a sum may be below zero for a moment.
    const double sum = sse.value() + ws.value() + longpolling.value();
    return sum > 0 ? static_cast<std::uint64_t>(sum) : 0;
  }

  Gauge& http;
  Gauge& sse;
  Gauge& ws;
  Gauge& longpolling;  ///< sessions, whether or not a poll is under way

 private:
  static Gauge& of(Registry& registry, const char* transport) {
    return registry.gauge({"rig_connections", "Open connections by transport"},
                          {{"transport", transport}});
  }
};

}  // namespace rig::metrics

#include "transport_metrics.hpp"

#include <rig/metrics/open_connections.hpp>

namespace rig::transport {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr metrics::Description kDroppedConnections{"rig_dropped_connections_total",
                                                   "Connections that the gateway ended, by reason"};
// Counted by the access module, but for what only a connection notices.
constexpr metrics::Description kDenied{"rig_access_denied_total",
                                       "Requests that were refused, by reason"};
constexpr metrics::Description kDroppedEvents{"rig_dropped_events_total",
                                              "Events that did not reach a receiver, by reason"};

std::vector<std::chrono::nanoseconds> latency_buckets() {
  return {microseconds(100), microseconds(250),  microseconds(500), milliseconds(1),
          milliseconds(2),   milliseconds(5),    milliseconds(10),  milliseconds(25),
          milliseconds(50),  milliseconds(100),  milliseconds(250), milliseconds(500),
          seconds(1),        milliseconds(2500), seconds(5)};
}

}  // namespace

TransportMetrics::TransportMetrics(metrics::Registry& registry)
    : http_connections(metrics::OpenConnections(registry).http),
      sse_connections(metrics::OpenConnections(registry).sse),
      ws_connections(metrics::OpenConnections(registry).ws),
      longpolling_sessions(metrics::OpenConnections(registry).longpolling),
      deliveries(
          registry.counter({"rig_deliveries_total", "Events handed to the sockets of clients"})),
      delivered_bytes(
          registry.counter({"rig_delivered_bytes_total", "Bytes sent on event streams"})),
      event_to_socket(
          registry.histogram({"rig_event_to_socket_seconds",
                              "From having an event to having handed it to a client's socket"},
                             metrics::Registry::HistogramUnit::kSeconds, latency_buckets())),
      dropped_slow(registry.counter(kDroppedConnections, {{"reason", "slow"}})),
      dropped_silent(registry.counter(kDroppedConnections, {{"reason", "silent"}})),
      dropped_session(registry.counter(kDroppedConnections, {{"reason", "session_killed"}})),
      dropped_expired(registry.counter(kDroppedConnections, {{"reason", "token_expired"}})),
      denied_ended(
          registry.counter(kDenied, {{"action", "subscribe"}, {"reason", "session_blacklisted"}})),
      denied_without_token(
          registry.counter(kDenied, {{"action", "subscribe"}, {"reason", "token_missing"}})),
      dropped_slow_events(registry.counter(kDroppedEvents, {{"reason", "slow_client"}})),
      dropped_conflated(registry.counter(kDroppedEvents, {{"reason", "conflated"}})),
      gaps(registry.counter(
          {"rig_gaps_total", "Clients told that events may be missing (rig.gap)"})),
      refused_connections(registry.counter(kDroppedConnections, {{"reason", "connections_max"}})),
      dropped_rate(registry.counter(kDroppedConnections, {{"reason", "rate"}})),
      dropped_address(registry.counter(kDroppedConnections, {{"reason", "address"}})),
      dropped_descriptors(registry.counter(kDroppedConnections, {{"reason", "descriptors"}})),
      limited_requests(
          registry.counter({"rig_http_limited_requests_total",
                            "Requests refused because their address makes too many of them"})),
      forgotten_addresses(
          registry.counter({"rig_forgotten_addresses_total",
                            "Addresses whose request rate was forgotten for want of room"})),
      requests(registry.counter({"rig_http_requests_total", "Requests read completely"})),
      bad_requests(registry.counter(
          {"rig_http_bad_requests_total",
           "Requests refused before anyone handled them: not HTTP, too large, too slow"})) {}

}  // namespace rig::transport

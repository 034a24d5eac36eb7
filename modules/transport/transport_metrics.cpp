#include "transport_metrics.hpp"

namespace rig::transport {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr metrics::Description kConnections{"rig_connections", "Open connections by transport"};

std::vector<std::chrono::nanoseconds> latency_buckets() {
  return {microseconds(100), microseconds(250),  microseconds(500), milliseconds(1),
          milliseconds(2),   milliseconds(5),    milliseconds(10),  milliseconds(25),
          milliseconds(50),  milliseconds(100),  milliseconds(250), milliseconds(500),
          seconds(1),        milliseconds(2500), seconds(5)};
}

}  // namespace

TransportMetrics::TransportMetrics(metrics::Registry& registry)
    : http_connections(registry.gauge(kConnections, {{"transport", "http"}})),
      sse_connections(registry.gauge(kConnections, {{"transport", "sse"}})),
      deliveries(
          registry.counter({"rig_deliveries_total", "Events handed to the sockets of clients"},
                           {{"transport", "sse"}})),
      delivered_bytes(registry.counter({"rig_delivered_bytes_total", "Bytes sent on event streams"},
                                       {{"transport", "sse"}})),
      event_to_socket(
          registry.histogram({"rig_event_to_socket_seconds",
                              "From having an event to having handed it to a client's socket"},
                             metrics::Registry::HistogramUnit::kSeconds, latency_buckets())),
      dropped_slow(registry.counter(
          {"rig_dropped_connections_total", "Connections that the gateway ended, by reason"},
          {{"reason", "slow"}})),
      refused_connections(registry.counter(
          {"rig_dropped_connections_total", "Connections that the gateway ended, by reason"},
          {{"reason", "connections_max"}})),
      requests(registry.counter({"rig_http_requests_total", "Requests read completely"})),
      bad_requests(registry.counter(
          {"rig_http_bad_requests_total",
           "Requests refused before anyone handled them: not HTTP, too large, too slow"})) {}

}  // namespace rig::transport

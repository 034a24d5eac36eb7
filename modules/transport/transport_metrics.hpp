#pragma once

#include <rig/metrics/registry.hpp>

namespace rig::transport {

/// What the transport counts; made once, used on every shard.
struct TransportMetrics {
  explicit TransportMetrics(metrics::Registry& registry);

  metrics::Gauge& http_connections;
  metrics::Gauge& sse_connections;
  metrics::Gauge& ws_connections;
  metrics::Gauge& longpolling_sessions;
  metrics::Counter& deliveries;
  metrics::Counter& delivered_bytes;
  metrics::Histogram& event_to_socket;
  metrics::Counter& dropped_slow;
  metrics::Counter& dropped_silent;
  metrics::Counter& dropped_session;
  metrics::Counter& dropped_expired;
  metrics::Counter& denied_ended;
  metrics::Counter& denied_without_token;
  metrics::Counter& dropped_slow_events;
  metrics::Counter& dropped_conflated;
  metrics::Counter& gaps;
  metrics::Counter& refused_connections;
  metrics::Counter& dropped_rate;
  metrics::Counter& dropped_address;
  metrics::Counter& dropped_descriptors;
  metrics::Counter& limited_requests;
  metrics::Counter& forgotten_addresses;
  metrics::Counter& requests;
  metrics::Counter& bad_requests;
};

}  // namespace rig::transport

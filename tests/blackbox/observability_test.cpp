// What an operator sees: health, readiness and metrics.
#include "testkit/gateway.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

using ::testing::StartsWith;

TEST(Health, BothDoorsSayOk) {
  Gateway gateway;
  for (const auto& [port, path] :
       {std::pair{gateway.api(), "/health"}, std::pair{gateway.inbound(), "/_rig/health"}}) {
    const auto reply = fetch(port, {.target = path});
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body, "OK") << path;
    EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain")) << path;
  }
}

TEST(Health, ARunningGatewayIsReady) {
  Gateway gateway;
  EXPECT_EQ(fetch(gateway.api(), {.target = "/health/ready"}).status, 200);
}

TEST(Metrics, AreServedAsPrometheusText) {
  Gateway gateway;
  const auto reply = fetch(gateway.api(), {.target = "/metrics"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.header("content-type").value_or(""), StartsWith("text/plain; version=0.0.4"));
  EXPECT_TRUE(Metrics::parse(reply.body).has("rig_unexpected_errors_total"));
}

TEST(Metrics, HaveTheirNamesAndTypesFromTheStart) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"a"});
  Publisher(gateway.api()).event("a", "1");
  (void)client.next_event();
  const auto metrics = gateway.metrics();
  for (const auto& [name, type] :
       {std::pair{"rig_consumed_events_total", "counter"},
        std::pair{"rig_consumed_events_failed_total", "counter"},
        std::pair{"rig_consumed_events_forwarded_total", "counter"},
        std::pair{"rig_consumed_event_processing_duration_milliseconds", "histogram"},
        std::pair{"rig_subscriptions_total", "gauge"}, std::pair{"rig_connections", "gauge"},
        std::pair{"rig_deliveries_total", "counter"},
        std::pair{"rig_delivered_bytes_total", "counter"},
        std::pair{"rig_dropped_connections_total", "counter"},
        std::pair{"rig_event_to_socket_seconds", "histogram"},
        std::pair{"rig_unexpected_errors_total", "counter"},
        std::pair{"rig_build_info", "gauge"}}) {
    EXPECT_EQ(metrics.type_of(name), type) << name;
  }
  EXPECT_TRUE(metrics.has("rig_dropped_connections_total", {{"reason", "slow"}}));
  EXPECT_EQ(metrics.sum("rig_build_info"), 1);
}

TEST(Metrics, ConnectionsRiseAndFall) {
  Gateway gateway;
  const auto connections = [&] {
    return gateway.metric("rig_connections", {{"transport", "sse"}});
  };
  EXPECT_EQ(connections(), 0);
  {
    SseClient one(gateway.inbound(), {"a"});
    SseClient two(gateway.inbound(), {"a"});
    EXPECT_EQ(connections(), 2);
  }
  EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST(Metrics, DeliveriesAndTheirBytesAreCounted) {
  Gateway gateway;
  SseClient one(gateway.inbound(), {"a"});
  SseClient two(gateway.inbound(), {"a"});
  const auto deliveries = [&] { return gateway.metric("rig_deliveries_total"); };
  const auto bytes = [&] { return gateway.metric("rig_delivered_bytes_total"); };
  const auto deliveries_before = deliveries();
  const auto bytes_before = bytes();
  Publisher publisher(gateway.api());
  const auto event = event_json("a", "1");
  for (int i = 0; i < 5; ++i) publisher.structured(event);
  for (int i = 0; i < 5; ++i) (void)one.next_event(), (void)two.next_event();
  EXPECT_TRUE(eventually([&] { return deliveries() - deliveries_before == 10; })) << deliveries();
  EXPECT_TRUE(eventually([&] {
    return bytes() - bytes_before >= 10 * static_cast<double>(event.size());
  })) << bytes();
}

TEST(Metrics, TheWayOfAnEventToTheSocketIsMeasured) {
  Gateway gateway;
  SseClient client(gateway.inbound(), {"a"});
  const auto count = [&] { return gateway.metric("rig_event_to_socket_seconds_count"); };
  const auto before = count();
  Publisher(gateway.api()).event("a", "1");
  (void)client.next_event();
  EXPECT_TRUE(eventually([&] { return count() > before; }));
  EXPECT_GT(gateway.metric("rig_event_to_socket_seconds_sum"), 0);
}

TEST(Metrics, ScrapingWhileEventsFlowIsSafe) {
  Gateway gateway({{"RIG_SHARDS", "4"}});
  SseClient client(gateway.inbound(), {"a"});
  Publisher publisher(gateway.api());
  for (int i = 0; i < 100; ++i) {
    publisher.event("a", std::to_string(i));
    if (i % 5 == 0) (void)gateway.metrics();
  }
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_deliveries_total") >= 100; }));
}

TEST(Metrics, LabelsOfEventTypesAreEscapedAndBounded) {
  Gateway gateway({{"RIG_REQUEST_TARGET_BYTES_MAX", "256KiB"},
                   {"RIG_REQUEST_HEADER_BYTES_MAX", "512KiB"},
                   {"RIG_SUBSCRIPTIONS_MAX", "2000"}});
  std::vector<std::string> types{R"(quote\"s)"};
  for (int i = 0; i < 1500; ++i) types.push_back("type." + std::to_string(i));
  SseClient client(gateway.inbound(), sse_request(subscriptions_to(types)));
  client.read_greeting();
  Publisher publisher(gateway.api());
  for (const auto& type : types) publisher.event(type, "1");
  for (std::size_t i = 0; i < types.size(); ++i) (void)client.next_event();
  const auto metrics = gateway.metrics();
  EXPECT_EQ(metrics.sum("rig_consumed_events_forwarded_total"), static_cast<double>(types.size()));
  EXPECT_EQ(metrics.sum("rig_consumed_events_forwarded_total", {{"type", "quote\"s"}}), 1);
  EXPECT_GT(metrics.sum("rig_consumed_events_forwarded_total", {{"type", "other"}}), 400);
}

}  // namespace
}  // namespace testkit

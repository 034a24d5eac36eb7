// Events that come from NATS.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Environment settings_for(const NatsServer& server, Environment more = {}) {
  more["NATS_SERVERS"] = server.address();
  return more;
}

bool is_connected(const Gateway& gateway) {
  return gateway.metric("rig_nats_connected", {{"purpose", "source"}}) == 1;
}

/// Ready when the gateway listens to NATS.
class NatsGateway : public Gateway {
 public:
  explicit NatsGateway(const Environment& settings) : Gateway(settings) {
    if (!eventually([this] { return is_connected(*this); }))
      throw Failure("no connection to NATS: " + process().standard_output());
  }
};

/// The events of a topic; a client may have one before it is counted.
double consumed(const Gateway& gateway, const std::string& topic) {
  return gateway.metric("rig_consumed_events_total", {{"source", "nats"}, {"topic", topic}});
}

std::string id_of(SseClient& client) {
  return json_at(client.next_event().data, "/id").value_or("none");
}

TEST(NatsSource, EventsReachClients) {
  NatsServer server;
  NatsGateway gateway(settings_for(server));
  SseClient client(gateway.inbound(), {"greeting"});
  NatsClient producer(server.port());
  const auto event = event_json("greeting", "1", R"({"text": "hello"})");
  producer.publish("rig", event);
  EXPECT_EQ(client.next_event().data, event);
  EXPECT_TRUE(eventually([&] { return consumed(gateway, "rig") == 1; }));
}

TEST(NatsSource, OldVersionsAreForwardedAsTheyCome) {
  NatsServer server;
  NatsGateway gateway(settings_for(server));
  SseClient client(gateway.inbound(), {"old"});
  const std::string event =
      R"({"cloudEventsVersion":"0.1","eventType":"old","eventID":"1","source":"/x","rig":{"a":1}})";
  NatsClient(server.port()).publish("rig", event);
  EXPECT_EQ(client.next_event().data, event);
}

TEST(NatsSource, TopicsMayHaveWildcards) {
  NatsServer server;
  NatsGateway gateway(settings_for(server, {{"NATS_SOURCE_TOPICS", "orders.*,log.>"}}));
  SseClient client(gateway.inbound(), {"t"});
  NatsClient producer(server.port());
  producer.publish("rig", event_json("t", "not a topic here"));
  producer.publish("orders.new.x", event_json("t", "one token only"));
  producer.publish("orders.new", event_json("t", "1"));
  EXPECT_EQ(id_of(client), "1");
  producer.publish("log.a.b", event_json("t", "2"));
  EXPECT_EQ(id_of(client), "2");
  EXPECT_TRUE(eventually(
      [&] { return consumed(gateway, "orders.*") == 1 && consumed(gateway, "log.>") == 1; }));
}

TEST(NatsSource, BinaryModeHasItsAttributesInHeaders) {
  NatsServer server;
  NatsGateway gateway(settings_for(server));
  SseClient client(gateway.inbound(), {"t"});
  NatsClient producer(server.port());
  producer.publish("rig", R"({"a":1})",
                   {{"ce-specversion", "1.0"},
                    {"ce-type", "t"},
                    {"ce-source", "/x"},
                    {"ce-id", "caf%C3%A9"},
                    {"ce-datacontenttype", "application/json"}});
  const auto event = client.next_event().data;
  EXPECT_EQ(json_at(event, "/id"), "caf\xC3\xA9");
  EXPECT_EQ(json_at(event, "/data"), R"({"a":1})");
  producer.publish("rig", event_json("t", "2"), {{"Content-Type", "application/cloudevents+json"}});
  EXPECT_EQ(id_of(client), "2");
}

TEST(NatsSource, EventsOfASubjectKeepTheirOrder) {
  constexpr int kEvents = 10'000;
  NatsServer server;
  NatsGateway gateway(
      settings_for(server, {{"NATS_SOURCE_TOPICS", "a,b"}, {"RIG_OUTBOX_BYTES_MAX", "64MiB"}}));
  SseClient client(gateway.inbound(), {"a", "b"});
  NatsClient producer(server.port());
  for (int i = 0; i < kEvents / 2; ++i) {
    producer.send("a", event_json("a", std::to_string(i)));
    producer.send("b", event_json("b", std::to_string(i)));
  }
  producer.flush();
  std::map<std::string, int> next;
  for (int i = 0; i < kEvents; ++i) {
    const auto event = client.next_event();
    const auto type = json_at(event.data, "/type").value_or("");
    ASSERT_EQ(json_at(event.data, "/id"), std::to_string(next[type]++)) << type;
  }
  EXPECT_TRUE(
      eventually([&] { return consumed(gateway, "a") + consumed(gateway, "b") == kEvents; }));
  EXPECT_EQ(gateway.metric("rig_nats_dropped_messages_total"), 0);
}

TEST(NatsSource, WhatIsNoEventIsCountedAndNotRepeatedInTheLog) {
  NatsServer server;
  NatsGateway gateway(settings_for(server));
  SseClient client(gateway.inbound(), {"t"});
  NatsClient producer(server.port());
  producer.publish("rig", "secret at the start" + std::string(1000, '.') + "secret at the end");
  producer.publish("rig", "x", {{"content-type", "application/cloudevents+avro"}});
  producer.publish("rig", "");
  producer.publish("rig", event_json("t", "1"));
  EXPECT_EQ(id_of(client), "1");
  EXPECT_TRUE(eventually([&] { return consumed(gateway, "rig") == 4; }));
  const auto metrics = gateway.metrics();
  EXPECT_EQ(metrics.sum("rig_consumed_events_failed_total", {{"source", "nats"}}), 3);
  EXPECT_EQ(metrics.sum("rig_nats_failed_messages_total", {{"reason", "invalid"}}), 2);
  EXPECT_EQ(metrics.sum("rig_nats_failed_messages_total", {{"reason", "unsupported"}}), 1);
  std::string log;
  std::vector<std::string> lines;
  ASSERT_TRUE(eventually([&] {
    log = gateway.process().standard_output();
    lines = log_lines(log, "a message from NATS is no event");
    return !lines.empty();
  }));
  EXPECT_EQ(json_at(lines[0], "/metadata/subject"), "rig");
  EXPECT_EQ(json_at(lines[0], "/metadata/bytes"), "1036");
  EXPECT_THAT(log, Not(HasSubstr("secret at the end")));
}

TEST(NatsSource, GatewaysOfAQueueGroupShareTheMessages) {
  constexpr int kEvents = 200;
  NatsServer server;
  NatsGateway one(settings_for(server));
  NatsGateway two(settings_for(server));
  NatsGateway other(settings_for(server, {{"NATSTOFILTER_QUEUE_GROUP", "another"}}));
  NatsClient producer(server.port());
  for (int i = 0; i < kEvents; ++i) producer.send("rig", event_json("t", std::to_string(i)));
  producer.flush();
  EXPECT_TRUE(eventually([&] { return consumed(one, "rig") + consumed(two, "rig") == kEvents; }));
  EXPECT_TRUE(eventually([&] { return consumed(other, "rig") == kEvents; }));
  EXPECT_GT(consumed(one, "rig"), 0);
  EXPECT_GT(consumed(two, "rig"), 0);
}

TEST(NatsSource, AfterAStopTheOthersOfTheGroupGetEverything) {
  constexpr int kEvents = 200;
  NatsServer server;
  NatsGateway stays(settings_for(server));
  SseClient client(stays.inbound(), {"t"});
  NatsClient producer(server.port());
  {
    NatsGateway goes(settings_for(server));
    goes.stop();
  }
  for (int i = 0; i < kEvents; ++i) producer.send("rig", event_json("t", std::to_string(i)));
  producer.flush();
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client), std::to_string(i));
}

TEST(NatsSource, TooManyThatWaitAreDroppedAndCounted) {
  NatsServer server;
  NatsGateway gateway(settings_for(server, {{"NATS_PENDING_MESSAGES_MAX", "1"}}));
  NatsClient producer(server.port());
  const auto dropped = [&] { return gateway.metric("rig_nats_dropped_messages_total"); };
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 1'000; ++i) producer.send("rig", event_json("t", "1"));
    producer.flush();
    return dropped() > 0;
  }));
  EXPECT_TRUE(eventually([&] {
    return !log_lines(gateway.process().standard_output(),
                      "messages from NATS were dropped, too many were waiting")
                .empty();
  }));
  SseClient client(gateway.inbound(), {"after"});
  EXPECT_TRUE(eventually([&] {
    producer.publish("rig", event_json("after", "1"));
    return gateway.metric("rig_consumed_events_forwarded_total", {{"type", "after"}}) > 0;
  }));
}

}  // namespace
}  // namespace testkit

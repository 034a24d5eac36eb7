// Events from a stream of JetStream: each at least once, whatever ends in between.
#include "testkit/deadline.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/temp_folder.hpp"

#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace testkit {
namespace {

using ::testing::HasSubstr;

/// A server with JetStream, whose streams are in files and there again after a restart.
class JetStreamServer : private TempFolder, public NatsServer {
 public:
  explicit JetStreamServer(std::string more = {}) : NatsServer(jetstream() + more) {}

  /// For `start`, after a start without it.
  [[nodiscard]] std::string jetstream() const {
    return "jetstream { store_dir: \"" + path().string() + "\" }\n";
  }
};

/// The stream `orders`, and who publishes to it and looks at it.
class Orders {
 public:
  explicit Orders(const NatsServer& server, std::string_view credentials = {})
      : client_(server.port(), credentials) {
    const auto answer = client_.request("$JS.API.STREAM.CREATE.orders",
                                        R"({"name":"orders","subjects":["orders.>"]})");
    if (json_at(answer.body, "/error")) throw Failure("no stream: " + answer.body);
  }

  void publish(std::string_view body) {
    const auto answer = client_.request("orders.new", body);
    if (!json_at(answer.body, "/seq")) throw Failure("it is not stored: " + answer.body);
  }
  void event(const std::string& id) { publish(event_json("order", id)); }

  /// A number of the consumer; -1 if there is none of that name.
  [[nodiscard]] int consumer(std::string_view pointer, const std::string& durable = "rig") {
    const auto answer = client_.request("$JS.API.CONSUMER.INFO.orders." + durable, "");
    const auto value = json_at(answer.body, pointer);
    return value ? std::stoi(*value) : -1;
  }
  [[nodiscard]] bool is_acknowledged_up_to(int sequence) {
    return eventually([&] {
      return consumer("/ack_floor/stream_seq") == sequence && consumer("/num_ack_pending") == 0;
    });
  }

 private:
  NatsClient client_;
};

Environment settings_for(const NatsServer& server, Environment more = {}) {
  more.emplace("NATS_SERVERS", server.address());
  more.emplace("NATS_SOURCE_TOPICS", "");
  more.emplace("NATS_JETSTREAM_STREAM", "orders");
  more.emplace("LOG_LEVEL", "info");
  return more;
}

std::string readiness(const Gateway& gateway) {
  const auto reply = fetch(gateway.api(), {.target = "/health/ready"});
  EXPECT_EQ(reply.status, 200) << "the gateway is ready without the stream";
  return json_at(reply.body, "/parts/nats_jetstream").value_or("none");
}

/// Ready when it reads the stream.
class StreamGateway : public Gateway {
 public:
  explicit StreamGateway(const Environment& settings) : Gateway(settings) {
    if (!eventually([this] { return readiness(*this) == "connected"; }))
      throw Failure("the stream is not read: " + process().standard_output());
  }
};

double consumed(const Gateway& gateway) {
  return gateway.metric("rig_consumed_events_total", {{"source", "nats"}, {"topic", "orders"}});
}
double duplicates(const Gateway& gateway) {
  return gateway.metric("rig_nats_duplicate_events_total", {{"topic", "orders"}});
}

std::string id_of(SseClient& client) {
  return json_at(client.next_event().data, "/id").value_or("none");
}

TEST(NatsJetStream, EventsReachClientsAndAreAcknowledged) {
  JetStreamServer server;
  Orders orders(server);
  StreamGateway gateway(settings_for(server));
  SseClient client(gateway.inbound(), {"order"});
  const auto event = event_json("order", "1", R"({"text": "to the byte"})");
  orders.publish(event);
  EXPECT_EQ(client.next_event().data, event);
  EXPECT_TRUE(orders.is_acknowledged_up_to(1));
}

TEST(NatsJetStream, EventsKeepTheirOrder) {
  constexpr int kEvents = 600;
  JetStreamServer server;
  Orders orders(server);
  StreamGateway gateway(settings_for(server, {{"RIG_OUTBOX_BYTES_MAX", "64MiB"}}));
  SseClient client(gateway.inbound(), {"order"});
  for (int i = 0; i < kEvents; ++i) orders.event(std::to_string(i));
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client), std::to_string(i));
  EXPECT_TRUE(orders.is_acknowledged_up_to(kEvents));
}

TEST(NatsJetStream, WhatIsTooMuchAtOnceWaitsAndKeepsItsOrder) {
  constexpr int kEvents = 600;
  JetStreamServer server;
  {
    Orders orders(server);
    for (int i = 0; i < kEvents; ++i) orders.event(std::to_string(i));
  }
  server.kill();
  // A batch is four times as many as a shard takes.
  Gateway gateway(
      settings_for(server, {{"RIG_SHARD_QUEUE_MAX", "64"}, {"RIG_OUTBOX_BYTES_MAX", "64MiB"}}));
  SseClient client(gateway.inbound(), {"order"});
  server.start();
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client), std::to_string(i));
  Orders orders(server);
  EXPECT_TRUE(orders.is_acknowledged_up_to(kEvents));
  EXPECT_EQ(gateway.metric("rig_dropped_events_total"), 0);
}

TEST(NatsJetStream, LargeMessagesAreTakenAFewAtATime) {
  constexpr int kEvents = 40;
  const auto large = "\"" + std::string(800'000, 'x') + "\"";
  JetStreamServer server;
  {
    Orders orders(server);
    for (int i = 0; i < kEvents; ++i) orders.publish(event_json("order", std::to_string(i), large));
  }
  server.kill();
  Gateway gateway(settings_for(server, {{"RIG_OUTBOX_BYTES_MAX", "64MiB"}}));
  SseClient client(gateway.inbound(), {"order"});
  server.start();
  for (int i = 0; i < kEvents; ++i) ASSERT_EQ(id_of(client), std::to_string(i));
  Orders orders(server);
  EXPECT_TRUE(orders.is_acknowledged_up_to(kEvents));
}

TEST(NatsJetStream, OnlyTheSubjectThatIsWanted) {
  JetStreamServer server;
  Orders orders(server);
  StreamGateway gateway(settings_for(
      server, {{"NATS_JETSTREAM_SUBJECT", "orders.paid.*"}, {"NATS_JETSTREAM_DURABLE", "paid"}}));
  SseClient client(gateway.inbound(), {"order"});
  orders.event("not wanted");
  NatsClient(server.port()).publish("orders.paid.eu", event_json("order", "wanted"));
  EXPECT_EQ(id_of(client), "wanted");
  EXPECT_EQ(orders.consumer("/num_pending", "paid"), 0);
}

TEST(NatsJetStream, WhatAKilledGatewayHadComesToTheNextOne) {
  JetStreamServer server;
  const auto settings = settings_for(server, {{"NATS_JETSTREAM_ACK_WAIT", "1s"}});
  int acknowledged = 0;
  int published = 0;
  {
    Orders orders(server);
    StreamGateway gateway(settings);
    // Stopped, it gets what it has asked for and says nothing. Again, if it had not asked.
    do {
      gateway.process().signal(SIGCONT);
      ASSERT_TRUE(orders.is_acknowledged_up_to(published));
      acknowledged = published;
      gateway.process().signal(SIGSTOP);
      orders.event(std::to_string(++published));
    } while (orders.consumer("/num_ack_pending") == 0);
    for (int i = 0; i < 20; ++i) orders.event(std::to_string(++published));
    gateway.kill_now();
  }
  // Without the server at first, so that a client is there before the events.
  server.kill();
  Gateway next(settings);
  SseClient client(next.inbound(), {"order"});
  server.start();
  std::set<int> ids;
  for (int i = acknowledged; i < published; ++i)
    EXPECT_TRUE(ids.insert(std::stoi(id_of(client))).second) << "doubled";
  EXPECT_EQ(*ids.begin(), acknowledged + 1);
  EXPECT_EQ(*ids.rbegin(), published);
  Orders orders(server);
  EXPECT_TRUE(orders.is_acknowledged_up_to(published));
}

TEST(NatsJetStream, WhatIsSentAgainIsDeliveredOnce) {
  // Nobody hears the acknowledgements of the gateway.
  JetStreamServer server(
      "authorization { users: ["
      "{ user: test, password: x },"
      "{ user: rig, password: x, permissions: { publish: { deny: [\"$JS.ACK.>\"] } } } ] }");
  Orders orders(server, R"("user":"test","pass":"x")");
  StreamGateway gateway(settings_for(
      server, {{"NATS_USER", "rig"}, {"NATS_PASSWORD", "x"}, {"NATS_JETSTREAM_ACK_WAIT", "1s"}}));
  SseClient client(gateway.inbound(), {"order"});
  orders.event("1");
  EXPECT_EQ(id_of(client), "1");
  EXPECT_TRUE(eventually([&] { return duplicates(gateway) >= 2; }));
  orders.event("2");
  EXPECT_EQ(id_of(client), "2") << "and not the first one again";
  // A client may have one before it is counted.
  EXPECT_TRUE(eventually([&] { return consumed(gateway) == 2; })) << consumed(gateway);
}

TEST(NatsJetStream, GatewaysShareADurable) {
  constexpr int kEvents = 100;
  JetStreamServer server;
  Orders orders(server);
  StreamGateway a(settings_for(server));
  StreamGateway b(settings_for(server));
  for (int i = 0; i < kEvents; ++i) orders.event(std::to_string(i));
  EXPECT_TRUE(orders.is_acknowledged_up_to(kEvents));
  EXPECT_TRUE(eventually([&] { return consumed(a) + consumed(b) == kEvents; }))
      << consumed(a) << " and " << consumed(b);
  a.stop();
  orders.event("for the other one");
  EXPECT_TRUE(orders.is_acknowledged_up_to(kEvents + 1)) << "the durable is still there";
}

TEST(NatsJetStream, AMessageThatIsNoEventHoldsUpNothing) {
  JetStreamServer server;
  Orders orders(server);
  StreamGateway gateway(settings_for(server, {{"NATS_JETSTREAM_ACK_WAIT", "1s"}}));
  SseClient client(gateway.inbound(), {"order"});
  orders.publish("no event");
  orders.publish(R"({"specversion":"1.0","type":"order"})");
  orders.event("1");
  EXPECT_EQ(id_of(client), "1");
  EXPECT_TRUE(orders.is_acknowledged_up_to(3));
  EXPECT_EQ(orders.consumer("/num_redelivered"), 0) << "they are not sent again";
  EXPECT_EQ(gateway.metric("rig_nats_failed_messages_total", {{"topic", "orders"}}), 2);
  EXPECT_THAT(gateway.process().standard_output(), HasSubstr("a message from NATS is no event"));
}

TEST(NatsJetStream, AServerThatIsRestartedGoesOnWhereItWas) {
  JetStreamServer server;
  Orders(server).event("before");
  StreamGateway gateway(settings_for(server));
  EXPECT_TRUE(eventually([&] { return consumed(gateway) == 1; }));
  SseClient client(gateway.inbound(), {"order"});
  server.kill();
  EXPECT_TRUE(eventually([&] { return readiness(gateway) == "disconnected"; }));
  server.start();
  Orders orders(server);
  orders.event("after");
  EXPECT_EQ(id_of(client), "after");
  EXPECT_TRUE(orders.is_acknowledged_up_to(2));
}

TEST(NatsJetStream, AStreamMayComeLater) {
  NatsServer server("jetstream: false");
  Gateway gateway(settings_for(server));
  EXPECT_TRUE(eventually([&] {
    return gateway.process().standard_output().find("JetStream is not enabled") !=
           std::string::npos;
  }));
  EXPECT_EQ(readiness(gateway), "disconnected");
  TempFolder folder;
  server.kill();
  server.start("jetstream { store_dir: \"" + folder.path().string() + "\" }");
  Orders orders(server);
  EXPECT_TRUE(eventually([&] { return readiness(gateway) == "connected"; }))
      << gateway.process().standard_output();
  SseClient client(gateway.inbound(), {"order"});
  orders.event("1");
  EXPECT_EQ(id_of(client), "1");
}

}  // namespace
}  // namespace testkit

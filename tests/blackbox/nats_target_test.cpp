// Requests of clients that go to NATS, and the replies to them.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_client.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/publisher.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace testkit {
namespace {

const std::string kEndpoints =
    endpoint("publish", "POST", "/publish", R"(,"target":"nats","topic":"orders.new")") + "," +
    endpoint("ask", "POST", "/ask", R"(,"target":"nats","topic":"prices","response_from":"nats")") +
    "," + endpoint("wild", "POST", "/wild", R"(,"target":"nats","topic":"orders.*")");

class NatsTargetTest : public ::testing::Test {
 protected:
  void start(Environment more = {}) {
    more["NATS_SERVERS"] = server_.address();
    gateway_.emplace(proxying(api_definition("a", 1, kEndpoints), more));
    ASSERT_TRUE(eventually([&] { return is_connected(); }));
  }
  bool is_connected() {
    return gateway_->metric("rig_nats_connected", {{"purpose", "target"}}) == 1;
  }
  static HttpRequest post(std::string path, std::string body = event_json("t", "1")) {
    return {.method = "POST",
            .target = std::move(path),
            .headers = {{"content-type", "application/json"}},
            .body = std::move(body)};
  }
  HttpReply fetch_post(std::string path, std::string body = event_json("t", "1")) {
    return fetch(gateway_->inbound(), post(std::move(path), std::move(body)));
  }
  /// What a client gets when a service replies like that.
  HttpReply ask(const std::string& body, const NatsHeaders& headers = {}) {
    NatsClient service(server_.port());
    service.subscribe("prices");
    RawSocket client(gateway_->inbound());
    client.send(to_bytes(post("/ask")));
    const auto message = service.next();
    EXPECT_NE(message.reply_to, "");
    service.publish(message.reply_to, body, headers);
    return read_reply(client, "POST");
  }

  NatsServer server_;
  std::optional<Gateway> gateway_;
};

TEST_F(NatsTargetTest, RequestIsPublished) {
  start();
  NatsClient service(server_.port());
  service.subscribe("orders.new");
  const auto reply = fetch_post("/publish");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, "Accepted.");
  const auto message = service.next();
  EXPECT_EQ(message.reply_to, "");
  EXPECT_EQ(json_at(message.body, "/id"), "1");
  EXPECT_EQ(json_at(message.body, "/rig/path"), "/publish");
  EXPECT_EQ(
      gateway_->metric("rig_produced_events_total", {{"target", "nats"}, {"topic", "orders.new"}}),
      1);
}

TEST_F(NatsTargetTest, PublishingNeedsNoListener) {
  start();
  EXPECT_EQ(fetch_post("/publish").status, 202);
}

TEST_F(NatsTargetTest, WhatOneClientPublishesKeepsItsOrder) {
  constexpr int kRequests = 300;
  start();
  NatsClient service(server_.port());
  service.subscribe("orders.new");
  HttpClient client(gateway_->inbound());
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(client.request(post("/publish", event_json("t", std::to_string(i)))).status, 202);
  }
  for (int i = 0; i < kRequests; ++i)
    ASSERT_EQ(json_at(service.next().body, "/id"), std::to_string(i));
}

TEST_F(NatsTargetTest, ReplyIsTheAnswer) {
  start();
  const auto reply = ask(R"({"price":  1e3})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"price":  1e3})");
  EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
}

TEST_F(NatsTargetTest, ReplySaysStatusAndHeaders) {
  start();
  const auto reply = ask("made", {{"rig-response-code", "201"},
                                  {"Content-Type", "text/plain"},
                                  {"Location", "/made/1"},
                                  {"X-Some", "thing"},
                                  {"Connection", "close"}});
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "made");
  EXPECT_EQ(reply.header("content-type"), "text/plain");
  EXPECT_EQ(reply.header("location"), "/made/1");
  EXPECT_EQ(reply.header("x-some"), "thing");
  EXPECT_NE(reply.header("connection"), "close");
}

TEST_F(NatsTargetTest, ReplyWithABadStatusIs502) {
  start();
  const auto reply = ask("x", {{"rig-response-code", "abc"}});
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(json_at(reply.body, "/error"), "the reply has no valid status");
}

TEST_F(NatsTargetTest, RepliesFindTheirClients) {
  constexpr int kClients = 20;
  start();
  NatsClient service(server_.port());
  service.subscribe("prices");
  std::vector<RawSocket> clients;
  std::vector<NatsMessage> requests;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(gateway_->inbound());
    clients.back().send(to_bytes(post("/ask", event_json("t", std::to_string(i)))));
    requests.push_back(service.next());
  }
  for (auto request = requests.rbegin(); request != requests.rend(); ++request)
    service.publish(request->reply_to, json_at(request->body, "/id").value_or("none"));
  for (int i = 0; i < kClients; ++i)
    EXPECT_EQ(read_reply(clients[static_cast<std::size_t>(i)], "POST").body, std::to_string(i));
}

TEST_F(NatsTargetTest, FirstReplyCounts) {
  start();
  NatsClient service(server_.port());
  service.subscribe("prices");
  RawSocket client(gateway_->inbound());
  client.send(to_bytes(post("/ask")));
  const auto message = service.next();
  service.send(message.reply_to, "first");
  service.publish(message.reply_to, "second");
  EXPECT_EQ(read_reply(client, "POST").body, "first");
  EXPECT_EQ(ask("another").body, "another");
}

TEST_F(NatsTargetTest, WithoutAReplyItIs504) {
  start({{"PROXY_NATS_RESPONSE_TIMEOUT", "200ms"}});
  NatsClient silent(server_.port());
  silent.subscribe("prices");
  const auto reply = fetch_post("/ask");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, "Timed out while waiting for the response.");
}

TEST_F(NatsTargetTest, WithoutAListenerItIs503AtOnce) {
  start({{"PROXY_NATS_RESPONSE_TIMEOUT", "1h"}});
  EXPECT_EQ(fetch_post("/ask").status, 503);
  EXPECT_TRUE(eventually([&] {
    const auto log = gateway_->process().standard_output();
    return log.find("nobody listens to the subject") != std::string::npos;
  }));
}

TEST_F(NatsTargetTest, WithoutAConnectionItIs503AtOnce) {
  start({{"PROXY_NATS_RESPONSE_TIMEOUT", "1h"}});
  server_.kill();
  ASSERT_TRUE(eventually([&] { return !is_connected(); }));
  EXPECT_EQ(fetch_post("/publish").status, 503);
  EXPECT_EQ(fetch_post("/ask").status, 503);
  server_.start();
  ASSERT_TRUE(eventually([&] { return is_connected(); }));
  EXPECT_EQ(fetch_post("/publish").status, 202);
  EXPECT_EQ(ask("again").body, "again");
}

TEST_F(NatsTargetTest, WhatTheServerDoesNotTakeIs502) {
  server_.kill();
  server_.start("max_payload: 1024");
  start();
  EXPECT_EQ(fetch_post("/publish", event_json("t", "1", '"' + std::string(2000, 'x') + '"')).status,
            502);
  EXPECT_EQ(fetch_post("/wild").status, 502);
  EXPECT_EQ(fetch_post("/publish").status, 202);
  EXPECT_EQ(gateway_->metric("rig_produced_events_failed_total", {{"target", "nats"}}), 2);
}

TEST_F(NatsTargetTest, AClientThatLeavesIsForgotten) {
  start({{"PROXY_NATS_RESPONSE_TIMEOUT", "1h"}});
  NatsClient service(server_.port());
  service.subscribe("prices");
  std::string reply_to;
  {
    RawSocket client(gateway_->inbound());
    client.send(to_bytes(post("/ask")));
    reply_to = service.next().reply_to;
  }
  service.publish(reply_to, "too late");
  EXPECT_EQ(ask("another").body, "another");
}

}  // namespace
}  // namespace testkit

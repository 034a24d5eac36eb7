// What a browser needs before it lets a page from elsewhere talk to the gateway.
#include "testkit/gateway.hpp"
#include "testkit/publisher.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace testkit {
namespace {

using ::testing::HasSubstr;

constexpr auto kEvents = "/_rig/v1/events";

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

HttpReply preflight(const Gateway& gateway, std::string_view path, std::string method,
                    std::string headers = "content-type") {
  return fetch(gateway.inbound(),
               {.method = "OPTIONS",
                .target = std::string(path),
                .headers = {{"origin", "https://app.example"},
                            {"access-control-request-method", std::move(method)},
                            {"access-control-request-headers", std::move(headers)}}});
}

TEST(Cors, APreflightForPublishingAllowsWhatAPageSends) {
  Gateway gateway;
  const auto reply = preflight(gateway, kEvents, "POST", "authorization,content-type");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_THAT(reply.header("access-control-allow-methods").value_or(""), HasSubstr("POST"));
  EXPECT_THAT(lower(reply.header("access-control-allow-headers").value_or("")),
              HasSubstr("content-type"));
}

TEST(Cors, APreflightForTheStreamOpensNone) {
  Gateway gateway;
  const auto reply = preflight(gateway, kSsePath, "GET");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_THAT(reply.header("access-control-allow-methods").value_or(""), HasSubstr("GET"));
  EXPECT_EQ(gateway.metric("rig_connections", {{"transport", "sse"}}), 0);
}

TEST(Cors, EveryAnswerToAPageCanBeReadByIt) {
  Gateway gateway;
  HttpClient client(gateway.inbound());
  const auto with_origin = [&](std::string method, std::string target, std::string type,
                               std::string body) {
    return client.request(
        {.method = std::move(method),
         .target = std::move(target),
         .headers = {{"origin", "https://app.example"}, {"content-type", std::move(type)}},
         .body = std::move(body)});
  };
  const auto accepted = with_origin("POST", kEvents, "application/json", event_json("t", "1"));
  EXPECT_EQ(accepted.status, 202);
  const auto invalid = with_origin("POST", kEvents, "application/json", "{}");
  EXPECT_EQ(invalid.status, 400);
  const auto unsupported = with_origin("POST", kEvents, "application/cloudevents+xml", "<a/>");
  EXPECT_EQ(unsupported.status, 415);
  const auto refused =
      with_origin("GET", std::string(kSsePath) + "?subscriptions=%5B", "text/plain", "");
  EXPECT_EQ(refused.status, 400);
  for (const auto& reply : {accepted, invalid, unsupported, refused}) {
    EXPECT_EQ(reply.header("access-control-allow-origin"), "*") << reply.status;
    EXPECT_EQ(reply.header("access-control-allow-credentials"), std::nullopt) << reply.status;
  }
}

TEST(Cors, TheOriginIsASetting) {
  Gateway gateway({{"CORS", "https://app.example"}});
  auto publish = publish_request(event_json("t", "1"));
  publish.target = kEvents;
  SseClient stream(gateway.inbound(), sse_request({}));
  EXPECT_EQ(stream.head().header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(fetch(gateway.inbound(), publish).header("access-control-allow-origin"),
            "https://app.example");
  EXPECT_EQ(preflight(gateway, kEvents, "POST").header("access-control-allow-origin"),
            "https://app.example");
  EXPECT_EQ(preflight(gateway, kSsePath, "GET").header("access-control-allow-origin"),
            "https://app.example");
}

TEST(Cors, OneOfSeveralOriginsIsNamedBackAndOthersAreNot) {
  Gateway gateway({{"CORS", "https://a.example, https://b.example"}});
  const auto answer_to = [&](std::string origin) {
    return fetch(gateway.inbound(),
                 {.target = "/_rig/health", .headers = {{"origin", std::move(origin)}}});
  };
  EXPECT_EQ(answer_to("https://b.example").header("access-control-allow-origin"),
            "https://b.example");
  EXPECT_EQ(answer_to("https://b.example").header("vary"), "origin");
  EXPECT_EQ(answer_to("https://c.example").header("access-control-allow-origin"), std::nullopt);
}

TEST(Cors, AnAnswerTooLargeToAcceptCanBeReadToo) {
  Gateway gateway;
  auto publish = publish_request(std::string(1'100'000, ' '));
  publish.target = kEvents;
  const auto reply = fetch(gateway.inbound(), publish);
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
}

}  // namespace
}  // namespace testkit

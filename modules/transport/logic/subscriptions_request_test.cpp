#include "logic/subscriptions_request.hpp"

#include "logic/subscriptions_testing.hpp"

#include <rig/peers/test_identity.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

struct Put {
  std::string body = "{[a]}";
  std::optional<std::string> content_type = "application/json";
  std::optional<std::string> accept = std::nullopt;
  std::optional<std::string> authorization = std::nullopt;
};

auto ask(const Put& put) {
  HttpRequest request;
  request.method = "PUT";
  request.body = put.body;
  if (put.content_type) request.headers.add("Content-Type", *put.content_type);
  if (put.accept) request.headers.add("Accept", *put.accept);
  if (put.authorization) request.headers.add("Authorization", *put.authorization);
  return parse_subscriptions_request(request, FakeSubscriptions());
}

int status_of(const Put& put) {
  const auto asked = ask(put);
  return asked ? 204 : asked.error().response.status;
}

const peers::TestIdentity kHere(7);

std::optional<ConnectionToken> token_of(std::string target) {
  HttpRequest request;
  request.target = std::move(target);
  return token_in_path(request, kHere);
}

TEST(SubscriptionsRequest, TheTokenIsTheFourthPartOfThePath) {
  ConnectionToken token;
  token.node = 1;
  token.shard = 2;
  token.slot = 3;
  token.secret.fill(4);
  for (const auto* transport : {"sse", "ws", "longpolling"}) {
    const auto found = token_of(std::string("/_rig/v1/connection/") + transport + "/" +
                                sealed_text(token, kHere) + "/subscriptions?a=b");
    ASSERT_TRUE(found.has_value()) << transport;
    EXPECT_EQ(found->text(), token.text());
  }
}

TEST(SubscriptionsRequest, WhatIsNoTokenIsNone) {
  const std::string good = sealed_text(ConnectionToken(), kHere);
  for (const auto& text : {std::string(), std::string("YWJj"), good + "A", good.substr(1),
                           std::string(36, '!'), "%" + good.substr(1), "=" + good.substr(1)}) {
    EXPECT_EQ(token_of("/_rig/v1/connection/sse/" + text + "/subscriptions"), std::nullopt) << text;
  }
  EXPECT_EQ(token_of("/"), std::nullopt);
  EXPECT_EQ(token_of("/_rig/v1/connection/"), std::nullopt);
}

TEST(SubscriptionsRequest, AcceptIsAbsentOrAllowsJson) {
  for (const auto* accept : {"*/*", "application/json", "text/html, application/json;q=0.5",
                             "APPLICATION/JSON", "application/*", "text/html,*/*;q=0.1", ""}) {
    EXPECT_EQ(status_of({.accept = accept}), *accept == '\0' ? 406 : 204) << accept;
  }
  for (const auto* accept : {"text/html", "application/xml, text/*", "json", ";;", ",,,"})
    EXPECT_EQ(status_of({.accept = accept}), 406) << accept;
}

TEST(SubscriptionsRequest, A406SaysWhatIsSupported) {
  const auto refusal = ask({.accept = "text/html"}).error();
  EXPECT_EQ(refusal.response.body,
            "Request headers:\n  Accept: text/html\n\n"
            "The following media types are supported by this endpoint:\n  application/json\n\n");
}

TEST(SubscriptionsRequest, TheBodyIsDeclaredAsJson) {
  for (const auto* type :
       {"application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"})
    EXPECT_EQ(status_of({.content_type = type}), 204) << type;
  EXPECT_EQ(status_of({.content_type = std::nullopt}), 415);
  for (const auto* type : {"", "json", ";;"})
    EXPECT_EQ(status_of({.content_type = type}), 415) << type;
  EXPECT_EQ(ask({.content_type = "text/plain"}).error().response.body,
            "Expected JSON encoded body.");
}

TEST(SubscriptionsRequest, RefusalsReadAsInTheFirstRig) {
  EXPECT_EQ(ask({.body = "?"}).error().response.body,
            "Expected JSON encoded body.\n\nTechnical info:\nsyntax error");
  EXPECT_EQ(ask({.body = "{}"}).error().response.body, "no list");
  EXPECT_EQ(ask({.body = "{[x]}"}).error().response.body,
            "cannot accept subscription request: could not parse given subscriptions: invalid "
            "subscription: event-type empty");
}

// events.md 7: the order of the checks.
TEST(SubscriptionsRequest, OnlySubscriptionsAreCheckedAfterTheConnection) {
  EXPECT_FALSE(ask({.accept = "text/html"}).error().comes_after_token);
  EXPECT_FALSE(ask({.content_type = "text/plain"}).error().comes_after_token);
  EXPECT_FALSE(ask({.content_type = std::nullopt}).error().comes_after_token);
  EXPECT_FALSE(ask({.body = "?"}).error().comes_after_token);
  EXPECT_FALSE(ask({.body = "{}"}).error().comes_after_token);
  EXPECT_TRUE(ask({.body = "{[x]}"}).error().comes_after_token);
}

TEST(SubscriptionsRequest, ARefusalRepeatsNoCredentials) {
  const Put put{.body = "?", .authorization = "Bearer top-secret"};
  EXPECT_EQ(ask(put).error().response.body.find("top-secret"), std::string::npos);
}

}  // namespace
}  // namespace rig::transport

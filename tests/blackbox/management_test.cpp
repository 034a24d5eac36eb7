// Who may manage: the loopback, or a credential (API_TOKEN, API_REQUIRED_CLAIM).
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/publisher.hpp"
#include "testkit/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

constexpr auto kApiToken = "management-token-of-the-test";

HttpRequest request(std::string target, std::string bearer = {}) {
  HttpRequest request{.target = std::move(target)};
  if (!bearer.empty()) request.headers.emplace_back("authorization", "Bearer " + bearer);
  return request;
}

std::string api_address(const ChildProcess& program) {
  for (const auto& line : log_lines(program.standard_output(), "listening")) {
    if (json_at(line, "/metadata/door") == "api")
      return json_at(line, "/metadata/address").value_or("(absent)");
  }
  return "(no line)";
}

TEST(Management, ListensOnTheLoopbackOnly) {
  Gateway gateway;
  EXPECT_EQ(api_address(gateway.process()), "127.0.0.1");
}

TEST(Management, ListensWhereTheSettingsSay) {
  Gateway gateway({{"API_BIND", "0.0.0.0"}});
  EXPECT_EQ(api_address(gateway.process()), "0.0.0.0");
}

class ManagementByToken : public ::testing::Test {
 protected:
  Gateway gateway_{{{"API_TOKEN", kApiToken}}};
};

TEST_F(ManagementByToken, ListensEverywhere) { EXPECT_EQ(api_address(gateway_.process()), "all"); }

TEST_F(ManagementByToken, EverythingIsBehindIt) {
  for (const auto* target : {"/metrics", "/v3/sessions", "/nothing-here"}) {
    const auto reply = fetch(gateway_.api(), request(target));
    EXPECT_EQ(reply.status, 401) << target;
    EXPECT_EQ(reply.header("www-authenticate"), "Bearer realm=\"rig\"");
    EXPECT_EQ(fetch(gateway_.api(), request(target, "wrong")).status, 401) << target;
  }
  EXPECT_EQ(fetch(gateway_.api(), publish_request(event_json("a", "1"))).status, 401);
  EXPECT_EQ(fetch(gateway_.api(), request("/metrics", kApiToken)).status, 200);
  EXPECT_EQ(fetch(gateway_.api(), request("/nothing-here", kApiToken)).status, 404);
}

TEST_F(ManagementByToken, ButNotWhetherTheNodeIsWell) {
  EXPECT_EQ(fetch(gateway_.api(), request("/health")).status, 200);
}

TEST_F(ManagementByToken, ClientsAreNotAskedForIt) {
  EXPECT_EQ(fetch(gateway_.inbound(), request("/nothing-here")).status, 404);
}

TEST_F(ManagementByToken, ItIsNoPartOfTheAddress) {
  EXPECT_EQ(fetch(gateway_.api(), request("/metrics?jwt=" + std::string(kApiToken))).status, 401);
}

TEST_F(ManagementByToken, TheLogDoesNotHaveIt) {
  EXPECT_EQ(fetch(gateway_.api(), request("/metrics", kApiToken)).status, 200);
  EXPECT_EQ(fetch(gateway_.api(), request("/metrics", std::string(kApiToken) + "x")).status, 401);
  gateway_.process().signal(SIGTERM);
  gateway_.expect_exit(0);
  EXPECT_THAT(gateway_.process().standard_output(), Not(::testing::HasSubstr(kApiToken)));
}

TEST(Management, OrByAClaim) {
  Gateway gateway({{"JWT_SECRET_KEY", std::string(kTokenSecret)},
                   {"API_TOKEN", kApiToken},
                   {"API_REQUIRED_CLAIM", "/scope=rig.admin"}});
  const auto status = [&](const std::string& token) {
    return fetch(gateway.api(), request("/metrics", token)).status;
  };
  EXPECT_EQ(status(session_token("s", R"("scope":"read rig.admin")")), 200);
  EXPECT_EQ(status(session_token("s", R"("scope":"read")")), 403);
  EXPECT_EQ(status(session_token("s", R"("scope":"rig.admin")", std::chrono::seconds(-1))), 401);
  EXPECT_EQ(status({}), 401);
}

}  // namespace
}  // namespace testkit

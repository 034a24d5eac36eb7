// What definitions add to version 3: rate limits, required claims, claims for the backend, changes
// of headers both ways.
#include "testkit/backend.hpp"
#include "testkit/deadline.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kJwt = R"(,"auth_type":"jwt")";
const std::string kSecured = R"(,"secured":true)";
const std::string kChanged =
    R"(,"transform_request_headers":true,"transform_response_headers":true)";
/// Nothing comes back within a test.
const std::string kThreeADay = R"("requests":3,"per":"24h")";

std::string limit(const std::string& members) { return R"(,"rate_limit":{)" + members + "}"; }
HttpHeaders bearer(const std::string& token) { return {{"authorization", "Bearer " + token}}; }
/// The padding of a correlation token, as it is outside of a URL.
std::string unescaped(std::string token) {
  for (auto at = token.find("%3D"); at != std::string::npos; at = token.find("%3D"))
    token.replace(at, 3, "=");
  return token;
}

/// The token of a client with these claims.
std::string token_with(const std::string& claims) {
  return token_of(R"({"exp":9999999999,)" + claims + "}");
}

class ProxyRules : public ::testing::Test {
 protected:
  Gateway& start(const std::string& endpoints, const std::string& more = "",
                 const Environment& settings = {}) {
    return start_with(api_definition("a", backend_.port(), endpoints, more), settings);
  }
  Gateway& start_with(const std::string& definition, Environment settings = {}) {
    settings.insert({"JWT_SECRET_KEY", std::string(kTokenSecret)});
    gateway_.emplace(proxying(definition, settings));
    return *gateway_;
  }
  /// With headers that change on the way, by this JSON: members of the version.
  Gateway& start_changing(const std::string& transforms, const std::string& endpoint_more = "",
                          const Environment& settings = {}) {
    return start_with(R"({"id":"a","name":"N","proxy":{"target_url":"127.0.0.1","port":)" +
                          std::to_string(backend_.port()) + R"(},"version_data":{"default":{)" +
                          transforms + R"(,"endpoints":[)" +
                          endpoint("e", "GET", "/x", kChanged + endpoint_more) + "," +
                          endpoint("plain", "GET", "/plain") + "]}}}",
                      settings);
  }
  HttpReply get(std::string target, HttpHeaders headers = {}) {
    return fetch(gateway_->inbound(), {.target = std::move(target), .headers = std::move(headers)});
  }
  int status(const std::string& target, const HttpHeaders& headers = {}) {
    return get(target, headers).status;
  }
  std::vector<int> statuses(const std::string& target, int times, const HttpHeaders& headers = {}) {
    std::vector<int> all;
    for (int i = 0; i < times; ++i) all.push_back(status(target, headers));
    return all;
  }
  BackendRequest forwarded(const std::string& target, const HttpHeaders& headers = {}) {
    EXPECT_EQ(status(target, headers), 200);
    return backend_.last();
  }
  void put(const std::string& definition) {
    EXPECT_EQ(fetch(gateway_->api(), {.method = "PUT",
                                      .target = "/v3/apis/a",
                                      .headers = {{"content-type", "application/json"}},
                                      .body = definition})
                  .status,
              200);
  }

  HttpHeaders answer_headers_;  // set before the first request
  Backend backend_{
      [this](const BackendRequest&) { return answer_bytes(200, "ok", answer_headers_); }};
  std::optional<Gateway> gateway_;
};

// --- rate limits ---

TEST_F(ProxyRules, RateLimitHoldsOverAllConnectionsOfAClient) {
  auto& gateway = start(endpoint("e", "GET", "/x", limit(R"("requests":50,"per":"24h")")));
  std::vector<std::vector<int>> seen(8);
  {
    std::vector<std::jthread> clients;
    for (auto& statuses : seen) {
      clients.emplace_back([&gateway, &statuses] {
        for (int i = 0; i < 5; ++i) {
          HttpClient client(gateway.inbound());
          for (int j = 0; j < 4; ++j) statuses.push_back(client.request({.target = "/x"}).status);
        }
      });
    }
  }
  int let_through = 0;
  int refused = 0;
  for (const auto& statuses : seen) {
    let_through += static_cast<int>(std::ranges::count(statuses, 200));
    refused += static_cast<int>(std::ranges::count(statuses, 429));
  }
  EXPECT_EQ(let_through, 50);
  EXPECT_EQ(refused, 110);
  EXPECT_THAT(backend_.requests(), SizeIs(50));
  EXPECT_EQ(gateway.metric("rig_proxy_requests_total", {{"status", "rate_limited"}}), 110);
  EXPECT_EQ(gateway.metric("rig_proxy_rate_limit_clients"), 1);
}

TEST_F(ProxyRules, RateLimitIsToldInTheAnswer) {
  start(endpoint("e", "GET", "/x", limit(R"("requests":1,"per":"1h")")), "",
        {{"CORS", "https://app.test"}});
  EXPECT_EQ(status("/x"), 200);
  const auto reply = get("/x");
  EXPECT_EQ(reply.status, 429);
  EXPECT_THAT(reply.body, HasSubstr(R"({"message":"Too many requests;)"));
  EXPECT_EQ(reply.header("content-type").value_or("").starts_with("application/json"), true);
  EXPECT_EQ(reply.header("ratelimit-policy"), "\"default\";q=1;w=3600");
  const auto delay = reply.header("retry-after").value_or("");
  EXPECT_GT(std::stoi(delay), 0);
  EXPECT_LE(std::stoi(delay), 3600);
  EXPECT_EQ(reply.header("ratelimit"), "\"default\";r=0;t=" + delay);
  EXPECT_EQ(reply.header("access-control-allow-origin"), "https://app.test");
}

TEST_F(ProxyRules, RateLimitByHeaderCountsEachValue) {
  start(endpoint("e", "GET", "/x", limit(kThreeADay + R"(,"by":"header:X-Key")")));
  EXPECT_THAT(statuses("/x", 4, {{"x-key", "a"}}), ElementsAre(200, 200, 200, 429));
  EXPECT_THAT(statuses("/x", 4, {{"X-KEY", "b"}}), ElementsAre(200, 200, 200, 429));
  EXPECT_THAT(statuses("/x", 4), ElementsAre(200, 200, 200, 429)) << "without it, by address";
}

TEST_F(ProxyRules, RateLimitByClaimCountsEachValue) {
  start(endpoint("e", "GET", "/x", kSecured + limit(kThreeADay + R"(,"by":"claim:sub")")), kJwt);
  const auto joe = token_with(R"("sub":"joe")");
  const auto same = token_with(R"("sub":"joe","n":2)");
  EXPECT_THAT(statuses("/x", 2, bearer(joe)), ElementsAre(200, 200));
  EXPECT_THAT(statuses("/x", 2, bearer(same)), ElementsAre(200, 429));
  EXPECT_EQ(status("/x", bearer(token_with(R"("sub":"ann")"))), 200);
  EXPECT_THAT(statuses("/x", 4), ElementsAre(401, 401, 401, 401)) << "nobody in particular";
  expect_no_token_in_log(gateway_->process());
}

TEST_F(ProxyRules, RateLimitByAddressIsThatBehindTrustedProxies) {
  start(endpoint("e", "GET", "/x", limit(kThreeADay)), "",
        {{"RIG_TRUSTED_PROXIES", "127.0.0.0/8"}});
  EXPECT_THAT(statuses("/x", 4, {{"x-forwarded-for", "192.0.2.1"}}),
              ElementsAre(200, 200, 200, 429));
  EXPECT_EQ(status("/x", {{"x-forwarded-for", "192.0.2.2"}}), 200);
  EXPECT_EQ(status("/x", {{"x-forwarded-for", "198.51.100.7, 192.0.2.1"}}), 429);
}

TEST_F(ProxyRules, RateLimitSlowsDownWhoGuessesTokens) {
  start(endpoint("e", "GET", "/x", kSecured + limit(kThreeADay)), kJwt);
  EXPECT_THAT(statuses("/x", 4, bearer("guess")), ElementsAre(401, 401, 401, 429));
}

TEST_F(ProxyRules, RateLimitOfAnApiIsOfAllItsEndpointsTogether) {
  start(endpoint("one", "GET", "/one", limit(R"("requests":1,"per":"24h")")) + "," +
            endpoint("two", "GET", "/two"),
        limit(kThreeADay));
  EXPECT_THAT(statuses("/one", 2), ElementsAre(200, 429));
  EXPECT_THAT(statuses("/two", 3), ElementsAre(200, 200, 429));
}

TEST_F(ProxyRules, RateLimitOutlivesOtherChangesOfItsDefinition) {
  start(endpoint("e", "GET", "/x", limit(kThreeADay)));
  EXPECT_THAT(statuses("/x", 4), ElementsAre(200, 200, 200, 429));
  put(api_definition(
      "a", backend_.port(),
      endpoint("e", "GET", "/x", limit(kThreeADay)) + "," + endpoint("new", "GET", "/new")));
  EXPECT_EQ(status("/x"), 429);
  EXPECT_EQ(status("/new"), 200);
  put(api_definition("a", backend_.port(),
                     endpoint("e", "GET", "/x", limit(R"("requests":4,"per":"24h")"))));
  EXPECT_EQ(status("/x"), 200) << "another limit";
}

TEST_F(ProxyRules, RateLimitForgetsWhoWasNotSeenForLongest) {
  auto& gateway = start(endpoint("e", "GET", "/x", limit(kThreeADay + R"(,"by":"header:k")")), "",
                        {{"RIG_PROXY_RATE_LIMIT_CLIENTS_MAX", "10"}});
  for (int i = 0; i < 40; ++i) EXPECT_EQ(status("/x", {{"k", std::to_string(i)}}), 200);
  EXPECT_LE(gateway.metric("rig_proxy_rate_limit_clients"), 10);
  EXPECT_GE(gateway.metric("rig_proxy_rate_limit_forgotten_total"), 30);
}

// --- claims ---

TEST_F(ProxyRules, RequiredClaimsDecideWhoMay) {
  start(endpoint("e", "GET", "/x",
                 kSecured + R"(,"required_claims":{"role":"admin","scope":["read","write"]})") +
            "," + endpoint("any", "GET", "/any", kSecured),
        kJwt, {{"CORS", "https://app.test"}});
  const auto good = token_with(R"("role":["dev","admin"],"scope":"openid write")");
  const auto poor = token_with(R"("role":"super admin","scope":"write")");
  EXPECT_EQ(status("/x", bearer(good)), 200);
  EXPECT_EQ(status("/x", bearer(poor + ", Bearer " + good)), 200) << "one of several is enough";
  const auto reply = get("/x", bearer(poor));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(json_at(reply.body, "/reason"), "claim_missing");
  EXPECT_THAT(reply.body, HasSubstr("claim role"));
  EXPECT_THAT(reply.body, ::testing::Not(HasSubstr("admin")));
  EXPECT_EQ(reply.header("access-control-allow-origin"), "https://app.test");
  // No two tokens make one.
  const auto other = token_with(R"("role":"admin")");
  EXPECT_EQ(status("/x", bearer(poor + ", Bearer " + other)), 403);
  EXPECT_EQ(status("/x"), 401);
  EXPECT_EQ(status("/any", bearer(poor)), 200);
  expect_no_token_in_log(gateway_->process());
}

TEST_F(ProxyRules, ClaimsReachTheBackendAsHeaders) {
  start(endpoint("e", "GET", "/x",
                 kSecured + R"(,"claim_headers":{"x-roles":"/realm/roles","x-user-id":"name"})") +
            "," + endpoint("any", "GET", "/any", kSecured) + "," + endpoint("open", "GET", "/open"),
        kJwt + R"(,"claim_headers":{"x-user-id":"sub","x-tier":"https://shop.test/tier"})");
  const auto token = token_with(
      R"("sub":"joe","name":"Joe","realm":{"roles":["a","b"]},"https://shop.test/tier":2)");
  HttpHeaders headers = bearer(token);
  for (const auto* name : {"X-User-Id", "x_user_id", "X-USER_ID", "x-roles", "x_tier"})
    headers.emplace_back(name, "forged");
  const auto own = forwarded("/x", headers);
  EXPECT_THAT(own.head, ::testing::Not(HasSubstr("forged")));
  EXPECT_EQ(own.header("x-user-id"), "Joe");
  EXPECT_EQ(own.header("x-roles"), R"(["a","b"])");
  EXPECT_EQ(own.header("x-tier"), "2");
  const auto any = forwarded("/any", headers);
  EXPECT_THAT(any.head, ::testing::Not(HasSubstr("forged")));
  EXPECT_EQ(any.header("x-user-id"), "joe");
  EXPECT_THAT(any.all("x-roles"), IsEmpty());
  const auto open = forwarded("/open", headers);
  EXPECT_THAT(open.head, ::testing::Not(HasSubstr("forged")));
  EXPECT_THAT(open.all("x-user-id"), IsEmpty()) << "its token was not looked at";
}

TEST_F(ProxyRules, ClaimsAreThoseOfTheTokenThatLetTheClientIn) {
  start(endpoint(
            "e", "GET", "/x",
            kSecured + R"(,"required_claims":{"role":"admin"},"claim_headers":{"x-user":"sub"})"),
        kJwt);
  const auto user = token_with(R"("sub":"joe","role":"user")");
  const auto admin = token_with(R"("sub":"root","role":"admin")");
  EXPECT_EQ(forwarded("/x", bearer(user + ", Bearer " + admin)).header("x-user"), "root");
}

TEST_F(ProxyRules, ClaimThatIsNoHeaderIsRefused) {
  start(endpoint("e", "GET", "/x", kSecured + R"(,"claim_headers":{"x-user":"sub"})"), kJwt);
  const auto reply = get("/x", bearer(token_with(R"("sub":"joe\r\nx-admin: 1")")));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(json_at(reply.body, "/reason"), "claim_unusable");
  EXPECT_THAT(backend_.requests(), IsEmpty());
  EXPECT_THAT(forwarded("/x", bearer(token_with(R"("other":1)"))).all("x-user"), IsEmpty());
}

// --- headers ---

TEST_F(ProxyRules, RequestHeadersAreSetAddedAndRemoved) {
  start_changing(R"("transform_request_headers":{"add_headers":{"X-Set":"rig"},
      "append_headers":{"x-more":["1","2"]},"remove_headers":["X-Gone","cookie"]})");
  const HttpHeaders headers{
      {"x-set", "client"}, {"x-more", "0"}, {"x-gone", "1"}, {"Cookie", "a=1"}, {"x-left", "1"}};
  const auto request = forwarded("/x", headers);
  EXPECT_THAT(request.all("x-set"), ElementsAre("rig"));
  EXPECT_THAT(request.all("x-more"), ElementsAre("0", "1", "2"));
  EXPECT_THAT(request.all("x-gone"), IsEmpty());
  EXPECT_THAT(request.all("cookie"), IsEmpty());
  EXPECT_EQ(request.header("x-left"), "1");
  const auto plain = forwarded("/plain", headers);
  EXPECT_EQ(plain.header("x-set"), "client");
  EXPECT_EQ(plain.header("x-gone"), "1");
}

TEST_F(ProxyRules, ResponseHeadersAreSetAddedAndRemoved) {
  answer_headers_ = {{"Server", "backend/1.2"},
                     {"x-set", "backend"},
                     {"Set-Cookie", "a=1"},
                     {"content-security-policy", "none"}};
  start_changing(R"("transform_response_headers":{"add_headers":{"X-Set":"rig"},
      "append_headers":{"set-cookie":"b=2"},"remove_headers":["server"]})");
  const auto reply = get("/x");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "ok");
  EXPECT_THAT(reply.all("x-set"), ElementsAre("rig"));
  EXPECT_THAT(reply.all("set-cookie"), ElementsAre("a=1", "b=2"));
  EXPECT_THAT(reply.all("server"), IsEmpty());
  EXPECT_EQ(reply.header("content-security-policy"), "none");
  EXPECT_EQ(get("/plain").header("server"), "backend/1.2");
}

TEST_F(ProxyRules, AnswersThatComeAnotherWayAreChangedTheSameWay) {
  Backend backend{[](const BackendRequest&) { return answer_bytes(202, ""); }};
  auto& gateway = start_with(
      R"({"id":"a","name":"N","proxy":{"target_url":"127.0.0.1","port":)" +
      std::to_string(backend.port()) +
      R"(},"version_data":{"default":{"transform_response_headers":{"add_headers":{"x-set":"rig"},
         "remove_headers":["x-gone"]},"endpoints":[)" +
      endpoint("e", "POST", "/x", kChanged + R"(,"response_from":"http_async")") + "]}}}");
  RawSocket client(gateway.inbound());
  client.send(to_bytes({.method = "POST", .target = "/x"}));
  EXPECT_TRUE(eventually([&] { return !backend.requests().empty(); }));
  const auto target = backend.last().target;
  const auto token = target.substr(target.find("correlation=") + 12);
  EXPECT_EQ(fetch(gateway.api(), {.method = "POST",
                                  .target = "/v3/responses",
                                  .headers = {{"rig-correlation", unescaped(token)},
                                              {"rig-response-code", "201"},
                                              {"content-type", "text/plain"},
                                              {"x-gone", "1"},
                                              {"x-set", "poster"}},
                                  .body = "late"})
                .status,
            202);
  const auto reply = read_reply(client, "POST");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "late");
  EXPECT_THAT(reply.all("x-set"), ElementsAre("rig"));
  EXPECT_THAT(reply.all("x-gone"), IsEmpty());
}

TEST_F(ProxyRules, ViaNamesTheGatewayBothWays) {
  answer_headers_ = {{"via", "1.1 cache"}};
  start(endpoint("e", "GET", "/x"), "", {{"RIG_PROXY_VIA", "rig"}});
  const auto reply = get("/x", {{"via", "1.0 first"}});
  EXPECT_EQ(backend_.last().header("via"), "1.0 first, 1.1 rig");
  EXPECT_THAT(reply.all("via"), ElementsAre("1.1 cache", "1.1 rig"));
  RawSocket old(gateway_->inbound());
  old.send("GET /x HTTP/1.0\r\nhost: a\r\n\r\n");
  EXPECT_EQ(read_reply(old).status, 200);
  EXPECT_EQ(backend_.last().header("via"), "1.0 rig");
}

TEST_F(ProxyRules, TraceContextOfTheClientGoesOn) {
  start(endpoint("e", "GET", "/x"));
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto request = forwarded("/x", {{"traceparent", parent}, {"tracestate", "a=1,b=2"}});
  EXPECT_EQ(request.header("traceparent"), parent);
  EXPECT_EQ(request.header("tracestate"), "a=1,b=2");
  EXPECT_THAT(forwarded("/x").all("via"), IsEmpty());
}

}  // namespace
}  // namespace testkit

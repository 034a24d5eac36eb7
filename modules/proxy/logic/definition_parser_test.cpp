#include "logic/definition_parser.hpp"

#include "logic/testing/definitions.hpp"

#include <boost/json/serialize.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rig::proxy {
namespace {

using testing::definition;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::IsEmpty;
using testing::json_of;

Api parsed(const boost::json::value& value, const DefinitionRules& rules = {}) {
  auto api = parse_definition(value, rules);
  EXPECT_TRUE(api.has_value()) << boost::json::serialize(value);
  return api ? *std::move(api) : Api{};
}

AuthRules auth_of(const std::string& members) { return parsed(definition("a", members)).auth; }

TEST(DefinitionParser, ReadsEverything) {
  const auto api = parsed(json_of(R"json({"id":"shop","name":"Shop","auth_type":"jwt",
      "auth":{"use_header":true,"header_name":"x-token","use_query":true,"query_name":"token"},
      "versioned":true,"proxy":{"target_url":"https://up.example:1/x","port":8443},
      "version_data":{"default":{"transform_request_headers":{"add_headers":{"a":"1","B":"2"}},
        "endpoints":[
          {"id":"detail","method":"get","path_regex":"/b/(.+)","path_replacement":"/v1/\\1",
           "secured":true,"transform_request_headers":true},
          {"id":"order","method":"POST","path":"/orders/{id}","target":"kafka","topic":"t",
           "schema":"s","response_from":"kafka"}]}}})json"));
  EXPECT_EQ(api.id, "shop");
  EXPECT_EQ(api.name, "Shop");
  EXPECT_TRUE(api.versioned);
  EXPECT_TRUE(api.active);
  EXPECT_EQ(api.upstream, (Upstream{true, "up.example", 8443}));
  EXPECT_EQ(api.proxy.target_url, "https://up.example:1/x");
  EXPECT_TRUE(api.auth.is_jwt && api.auth.use_header && api.auth.use_query);
  EXPECT_EQ(api.auth.header_name, "x-token");
  EXPECT_EQ(api.auth.query_name, "token");
  EXPECT_THAT(api.request_headers.add, ElementsAre(Header{"a", "1"}, Header{"B", "2"}));
  ASSERT_EQ(api.endpoints.size(), 2U);
  const auto& detail = api.endpoints[0];
  EXPECT_EQ(detail.method, "GET");
  EXPECT_EQ(detail.path_regex, "/b/(.+)");
  EXPECT_EQ(detail.path_replacement, "/v1/\\1");
  EXPECT_TRUE(detail.secured && detail.transform_request_headers);
  EXPECT_EQ(detail.target, Target::kHttp);
  EXPECT_EQ(detail.response_from, ResponseFrom::kHttp);
  const auto& order = api.endpoints[1];
  EXPECT_EQ(order.path, "/orders/{id}");
  EXPECT_EQ(order.target, Target::kKafka);
  EXPECT_EQ(order.response_from, ResponseFrom::kKafka);
  EXPECT_EQ(order.topic, "t");
  EXPECT_EQ(order.schema, "s");
  EXPECT_FALSE(order.secured || order.transform_request_headers);
}

TEST(DefinitionParser, ReadsTheRulesOfRoutes) {
  const auto api = parsed(json_of(R"json({"id":"shop","name":"Shop","auth_type":"jwt",
      "rate_limit":{"requests":5,"per":"1s"},"claim_headers":{"x-user":"sub"},
      "proxy":{"target_url":"localhost","port":80},
      "version_data":{"default":{
        "transform_response_headers":{"add_headers":{"a":"1"},"remove_headers":["server"]},
        "endpoints":[
          {"id":"own","method":"get","path":"/own","secured":true,"transform_response_headers":true,
           "required_claims":{"role":["admin"]},"rate_limit":{"requests":1,"per":"1s"}},
          {"id":"open","method":"get","path":"/open"}]}}})json"));
  EXPECT_THAT(api.response_headers.add, ElementsAre(Header{"a", "1"}));
  EXPECT_THAT(api.response_headers.remove, ElementsAre("server"));
  ASSERT_TRUE(api.rate_limit && api.endpoints[0].rate_limit);
  EXPECT_EQ(api.rate_limit->requests, 5);
  EXPECT_NE(api.rate_limit->scope, api.endpoints[0].rate_limit->scope);
  EXPECT_TRUE(api.endpoints[0].transform_response_headers);
  EXPECT_THAT(api.endpoints[0].required_claims,
              ElementsAre(access::RequiredClaim{"/role", {"admin"}, "role"}));
  ASSERT_EQ(api.endpoints[0].claim_headers.size(), 1U);
  EXPECT_TRUE(api.endpoints[0].claim_headers[0].claim.has_value());
  ASSERT_EQ(api.endpoints[1].claim_headers.size(), 1U);
  EXPECT_FALSE(api.endpoints[1].claim_headers[0].claim.has_value());
  EXPECT_FALSE(api.endpoints[1].rate_limit || api.endpoints[1].transform_response_headers);
}

TEST(DefinitionParser, FillsWhatIsAbsent) {
  EXPECT_EQ(parsed(definition("a")).json,
            json_of(R"({"id":"a","name":"N","proxy":{"target_url":"localhost","port":80},
      "version_data":{"default":{"endpoints":[]}},"auth_type":"none","versioned":false,
      "active":true,"auth":{"use_header":false,"header_name":"","use_query":false,"query_name":""}})"));
}

TEST(DefinitionParser, TokensAreInTheAuthorizationHeaderIfNothingIsSaid) {
  for (const auto* auth : {"", R"(,"auth":null)", R"(,"auth":{})"}) {
    const auto rules = auth_of(R"(,"auth_type":"jwt")" + std::string(auth));
    EXPECT_TRUE(rules.is_jwt && rules.use_header && !rules.use_query) << auth;
    EXPECT_EQ(rules.header_name, "Authorization") << auth;
  }
  const auto query = auth_of(R"(,"auth_type":"jwt","auth":{"use_query":true,"query_name":"t"})");
  EXPECT_TRUE(query.use_header && query.use_query);
  EXPECT_EQ(query.header_name, "Authorization");
}

// Version 3 wrote its defaults over what was said, unless it came by PUT.
TEST(DefinitionParser, WhatIsSaidOfTokensIsKept) {
  const auto off = auth_of(
      R"(,"auth_type":"jwt","auth":{"use_header":false,"use_query":true,"query_name":"t"})");
  EXPECT_FALSE(off.use_header);
  EXPECT_EQ(off.header_name, "");
  const auto other =
      auth_of(R"(,"auth_type":"jwt","auth":{"use_header":true,"header_name":"x-token"})");
  EXPECT_EQ(other.header_name, "x-token");
  EXPECT_EQ(auth_of(R"(,"auth_type":"jwt","auth":{"header_name":"x-token"})").header_name,
            "x-token");
}

TEST(DefinitionParser, OtherKindsOfAuthenticationAreNone) {
  EXPECT_FALSE(auth_of("").is_jwt);
  EXPECT_FALSE(auth_of(R"(,"auth_type":"JWT")").is_jwt);
}

TEST(DefinitionParser, ServersMembersAreIgnoredAndUnknownOnesKept) {
  const auto api = parsed(definition(
      "a", R"(,"ref_number":"abc","timestamp":7,"node_name":[],"phx_ref":1,"phx_ref_prev":2,"x":3)",
      endpoint("e", R"(,"y":4)")));
  for (const auto* name : {"ref_number", "timestamp", "node_name", "phx_ref", "phx_ref_prev"})
    EXPECT_FALSE(api.json.contains(name)) << name;
  EXPECT_EQ(api.json.at("x"), 3);
  EXPECT_EQ(api.endpoints.front().json.at("y"), 4);
}

TEST(DefinitionParser, MethodsAreInUpperCaseEverywhere) {
  auto value = definition("a", "", R"({"id":"e","method":"get","path_regex":"/"})");
  const auto api = parsed(value);
  EXPECT_EQ(api.endpoints.front().method, "GET");
  EXPECT_EQ(api.json.at("version_data").at("default").at("endpoints").at(0).at("method"), "GET");
}

TEST(DefinitionParser, OnlyTheDefaultVersionIsServed) {
  const auto api = parsed(json_of(R"({"id":"a","name":"N","proxy":{"target_url":"h","port":80},
      "version_data":{"v1":{"endpoints":[{"id":"e"}]}}})"));
  EXPECT_THAT(api.endpoints, IsEmpty());
}

TEST(DefinitionParser, UpstreamIsLookedUpAndTheDefinitionIsNot) {
  DefinitionRules rules;
  rules.variables = std::make_shared<const EnvSnapshot>(EnvSnapshot{{"SHOP", "http://shop"}});
  auto value = definition("a");
  value.get_object()["proxy"] = json_of(R"({"use_env":true,"target_url":"SHOP","port":1})");
  const auto api = parsed(value, rules);
  EXPECT_EQ(api.upstream, (Upstream{false, "shop", 1}));
  EXPECT_EQ(api.json.at("proxy").at("target_url"), "SHOP");
  EXPECT_EQ(parsed(value).upstream, (Upstream{false, "localhost", 1}));
}

}  // namespace
}  // namespace rig::proxy

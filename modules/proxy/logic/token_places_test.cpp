#include "logic/token_places.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::proxy {
namespace {

using Tokens = std::vector<std::string>;

AuthRules by_header(std::string name) {
  AuthRules rules;
  rules.is_jwt = true;
  rules.use_header = true;
  rules.header_name = std::move(name);
  return rules;
}

AuthRules by_query(std::string name) {
  AuthRules rules;
  rules.is_jwt = true;
  rules.use_query = true;
  rules.query_name = std::move(name);
  return rules;
}

Headers headers_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Headers headers;
  for (const auto& [name, value] : pairs) headers.add(name, value);
  return headers;
}

TEST(TokenPlaces, AuthorizationHasBearerTokensBetweenCommas) {  // vector 6 of the contract
  const auto rules = by_header("Authorization");
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer bad, Bearer good"}}), ""),
            (Tokens{"bad", "good"}));
  EXPECT_EQ(find_tokens(rules, headers_of({{"Authorization", "Basic x,  Bearer y ,z"}}), ""),
            (Tokens{"y"}));
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "bearer x"}}), ""), Tokens());
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer "}}), ""), Tokens());
  EXPECT_EQ(find_tokens(rules,
                        headers_of({{"authorization", "Bearer a"},
                                    {"x", "Bearer c"},
                                    {"AUTHORIZATION", "Bearer b"}}),
                        ""),
            (Tokens{"a", "b"}));
}

TEST(TokenPlaces, AnotherHeaderIsTheTokenWithOrWithoutBearer) {
  const auto rules = by_header("X-Token");
  EXPECT_EQ(find_tokens(rules, headers_of({{"x-token", "raw"}}), ""), (Tokens{"raw"}));
  EXPECT_EQ(find_tokens(rules, headers_of({{"x-token", "Bearer raw"}}), ""), (Tokens{"raw"}));
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer a"}}), ""), Tokens());
}

TEST(TokenPlaces, QueryParameterIsAListOfTokens) {
  const auto rules = by_query("token");
  EXPECT_EQ(find_tokens(rules, {}, "a=1&token=x,y&t%6fken=z%2e1&token&token="),
            (Tokens{"x", "y", "z.1"}));
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer a"}}), "tokens=x"), Tokens());
}

TEST(TokenPlaces, QueryTokensDoNotReachTheUpstream) {  // P5 of the contract
  EXPECT_EQ(query_without_tokens(by_query("token"), "a=%20&token=x&b&t%6Fken=y"), "a=%20&b");
  EXPECT_EQ(query_without_tokens(by_header("Authorization"), "token=x"), "token=x");
}

TEST(TokenPlaces, BothPlacesCount) {
  auto rules = by_query("token");
  rules.use_header = true;
  rules.header_name = "Authorization";
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer a"}}), "token=b"),
            (Tokens{"a", "b"}));
}

TEST(TokenPlaces, NothingIsLookedAtWithoutJwt) {
  auto rules = by_header("Authorization");
  rules.is_jwt = false;
  EXPECT_EQ(find_tokens(rules, headers_of({{"authorization", "Bearer a"}}), ""), Tokens());
}

TEST(TokenPlaces, NumberOfTokensIsBounded) {
  std::string value;
  for (int i = 0; i < 1000; ++i) value += "Bearer x,";
  const auto tokens =
      find_tokens(by_header("Authorization"), headers_of({{"authorization", value}}), "");
  EXPECT_EQ(tokens.size(), kTokensMax);
}

}  // namespace
}  // namespace rig::proxy

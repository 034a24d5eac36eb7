#include "logic/claim_rules.hpp"

#include "logic/claim_path.hpp"
#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using testing::definition;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_of;

const boost::json::object kClaims = json_of(R"({
  "sub": "joe", "n": 7, "yes": true, "nothing": null, "empty": "", "bad": "a\r\nx: 1",
  "roles": ["a", "b"], "https://shop.example/tier": "gold", "a/b~c": "odd",
  "realm": {"roles": ["x", "\u0001"]}, "name": "J\u00f6"})")
                                        .as_object();

ClaimPath path(std::string_view text) { return *parse_claim_path(text); }

TEST(ClaimPath, IsANameOrAPointer) {
  EXPECT_EQ(*find_claim(kClaims, path("sub")), "joe");
  EXPECT_EQ(*find_claim(kClaims, path("https://shop.example/tier")), "gold");
  EXPECT_EQ(*find_claim(kClaims, path("a/b~c")), "odd");
  EXPECT_EQ(*find_claim(kClaims, path("/a~1b~0c")), "odd");
  EXPECT_EQ(*find_claim(kClaims, path("/realm/roles/0")), "x");
  for (const auto* text : {"x", "/sub/x", "/realm/none", "/realm/roles/9"})
    EXPECT_EQ(find_claim(kClaims, path(text)), nullptr) << text;
  for (const auto* text : {"", "/", "/a~", "/a~2"}) EXPECT_FALSE(parse_claim_path(text)) << text;
}

TEST(ClaimPath, HasAPointer) {
  EXPECT_EQ(pointer_to(path("sub")), "/sub");
  EXPECT_EQ(pointer_to(path("a/b~c")), "/a~1b~0c");
  EXPECT_EQ(pointer_to(path("/realm/roles/0")), "/realm/roles/0");
}

/// "name: value" of each header that is written, "name" of each that is only taken out.
std::vector<std::string> written(const std::vector<ClaimHeader>& headers) {
  std::vector<std::string> lines;
  for (const auto& header : headers)
    lines.push_back(std::string(header.name) + (header.has_value ? ": " + header.value : ""));
  return lines;
}

std::vector<ClaimHeaderRule> rules_of(std::string_view claim_headers, bool is_secured = true) {
  auto api = json_of(R"({"claim_headers":)" + std::string(claim_headers) + "}").as_object();
  return read_claim_headers(api, {}, is_secured);
}

TEST(ClaimHeaders, AreTextsAndOtherwiseJson) {
  const auto rules =
      rules_of(R"({"a":"sub","b":"n","c":"yes","d":"roles","e":"realm","f":"name"})");
  const auto headers = claim_headers(rules, &kClaims);
  ASSERT_TRUE(headers);
  EXPECT_THAT(written(*headers), ElementsAre("a: joe", "b: 7", "c: true", R"(d: ["a","b"])",
                                             R"(e: {"roles":["x","\u0001"]})", "f: J\xC3\xB6"));
}

TEST(ClaimHeaders, WithoutAClaimAreOnlyTakenOut) {
  const auto rules = rules_of(R"({"a":"nothing","b":"none","c":"empty"})");
  EXPECT_THAT(written(*claim_headers(rules, &kClaims)), ElementsAre("a", "b", "c"));
  const auto open = rules_of(R"({"a":"sub"})", false);
  EXPECT_THAT(written(*claim_headers(open, nullptr)), ElementsAre("a"));
}

TEST(ClaimHeaders, AreNeverMadeOfWhatIsNoValue) {
  const auto headers = claim_headers(rules_of(R"({"a":"sub","b":"bad"})"), &kClaims);
  ASSERT_FALSE(headers);
  EXPECT_EQ(headers.error(), "bad");
}

TEST(ClaimHeaders, OfAnEndpointComeBeforeThoseOfTheApi) {
  const auto api = json_of(R"({"claim_headers":{"x-user":"sub","x-n":"n"},
      "version_data":{"default":{"endpoints":[
        {"id":"own","claim_headers":{"X_User":"name","x-roles":"roles"}},{"id":"other"}]}}})")
                       .as_object();
  const auto& endpoints = api.at("version_data").at("default").at("endpoints").as_array();
  EXPECT_THAT(
      read_claim_headers(api, endpoints[0].as_object(), true),
      ElementsAre(ClaimHeaderRule{"x-user", path("name")}, ClaimHeaderRule{"x-n", path("n")},
                  ClaimHeaderRule{"x-roles", path("roles")}));
  EXPECT_THAT(read_claim_headers(api, endpoints[1].as_object(), true),
              ElementsAre(ClaimHeaderRule{"x-user", path("sub")}, ClaimHeaderRule{"x-n", path("n")},
                          ClaimHeaderRule{"x-roles", {}}));
  EXPECT_THAT(read_claim_headers(api, endpoints[1].as_object(), false),
              ElementsAre(ClaimHeaderRule{"x-user", {}}, ClaimHeaderRule{"x-n", {}},
                          ClaimHeaderRule{"x-roles", {}}));
}

TEST(RequiredClaims, AreReadWithPointers) {
  const auto endpoint = json_of(R"({"required_claims":
      {"role":"admin","scope":["a",2],"/realm/roles":"x","https://a/b":true}})")
                            .as_object();
  EXPECT_THAT(read_required_claims(endpoint),
              ElementsAre(access::RequiredClaim{"/role", {"admin"}, "role"},
                          access::RequiredClaim{"/scope", {"a", "2"}, "scope"},
                          access::RequiredClaim{"/realm/roles", {"x"}, "/realm/roles"},
                          access::RequiredClaim{"/https:~1~1a~1b", {"true"}, "https://a/b"}));
}

std::vector<std::string> faults_of(std::string_view object, bool has_tokens = true) {
  DefinitionErrors errors;
  const FaultList faults(errors, "a");
  check_claim_headers(json_of(object).as_object(), has_tokens, faults);
  check_required_claims(json_of(object).as_object(), has_tokens, faults);
  std::vector<std::string> lines;
  for (const auto& error : errors) lines.push_back(error.field + " " + error.reason);
  return lines;
}

TEST(ClaimRules, ThatAreGoodHaveNoFaults) {
  EXPECT_THAT(faults_of(R"({"claim_headers":{"x-a":"sub","x-b":"/a/b"},
      "required_claims":{"a":"b","c":1,"d":true,"/e/f":["g",2]}})"),
              IsEmpty());
  EXPECT_THAT(faults_of(R"({"claim_headers":null,"required_claims":null})", false), IsEmpty());
}

TEST(ClaimRules, HeadersAreChecked) {
  EXPECT_THAT(faults_of(R"({"claim_headers":{"x-a":"sub"}})", false),
              ElementsAre("claim_headers must not be there where no token is asked for"));
  EXPECT_THAT(faults_of(R"({"claim_headers":[]})"), ElementsAre("claim_headers must be object"));
  for (const auto* name : {"a b", "", "Content-Length", "connection", "Host"})
    EXPECT_THAT(faults_of(R"({"claim_headers":{")" + std::string(name) + R"(":"sub"}})"),
                ElementsAre(HasSubstr("names of headers that can be set")))
        << name;
  EXPECT_THAT(faults_of(R"({"claim_headers":{"x-a":"sub","X_A":"n"}})"),
              ElementsAre(HasSubstr("\"X_A\" twice")));
  for (const auto* claim : {"5", "\"\"", "\"/\"", "null"})
    EXPECT_THAT(faults_of(R"({"claim_headers":{"x-a":)" + std::string(claim) + "}}"),
                ElementsAre(HasSubstr("names of claims")))
        << claim;
}

TEST(ClaimRules, RequiredClaimsAreChecked) {
  EXPECT_THAT(faults_of(R"({"required_claims":{"a":"b"}})", false),
              ElementsAre("required_claims must not be there unless secured is true"));
  EXPECT_THAT(faults_of(R"({"required_claims":"a"})"),
              ElementsAre("required_claims must be object"));
  for (const auto* wanted : {"null", "\"\"", "[]", "{}", "[\"a\",{}]", "[[\"a\"]]"})
    EXPECT_THAT(faults_of(R"({"required_claims":{"a":)" + std::string(wanted) + "}}"),
                ElementsAre(HasSubstr("for \"a\"")))
        << wanted;
  EXPECT_THAT(faults_of(R"({"required_claims":{"/":"b"}})"), ElementsAre(HasSubstr("not \"/\"")));
}

}  // namespace
}  // namespace rig::proxy

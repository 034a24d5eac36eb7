#include "logic/definition_check.hpp"

#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using ::testing::AllOf;
using testing::definition;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_of;
using ::testing::StartsWith;

using Lines = std::vector<std::string>;

/// Each error as "key | field: reason".
Lines lines(const boost::json::value& value, const DefinitionRules& rules = {}) {
  Lines lines;
  for (const auto& error : check_definition(value, rules))
    lines.push_back(error.key + " | " + error.field + ": " + error.reason);
  return lines;
}

/// Of a definition whose proxy is this JSON.
Lines proxy_lines(const std::string& proxy, const DefinitionRules& rules = {}) {
  auto value = definition("a");
  value.get_object()["proxy"] = json_of(proxy);
  return lines(value, rules);
}

Lines version_lines(const std::string& version_data) {
  auto value = definition("a");
  value.get_object()["version_data"] = json_of(version_data);
  return lines(value);
}

Lines auth_lines(const std::string& auth, const std::string& type = "jwt") {
  return lines(definition("a", R"(,"auth_type":")" + type + R"(","auth":)" + auth));
}

/// Of an endpoint with these members in an API that takes tokens.
Lines endpoint_lines(const std::string& more) {
  return lines(definition("a", R"(,"auth_type":"jwt")", endpoint("e", more)));
}

constexpr const char* kNoText = "must be string";
constexpr const char* kTooShort = "must have a length of at least 1";

TEST(DefinitionByContract, ValidHasNoErrors) {
  EXPECT_THAT(lines(definition("a")), IsEmpty());
  EXPECT_THAT(lines(definition("a", R"(,"anything":[{"x":1}])", endpoint("e"))), IsEmpty());
}

TEST(DefinitionByContract, IdAndName) {
  for (const auto* name : {"id", "name"}) {
    const auto line = [name](const std::string& reason) {
      return "api | " + std::string(name) + ": " + reason;
    };
    auto value = definition("a");
    value.get_object()[name] = "";
    EXPECT_THAT(lines(value), ElementsAre(line(kTooShort)));
    value.get_object()[name] = nullptr;
    EXPECT_THAT(lines(value), ElementsAre(line(kNoText), line(kTooShort)));
    value.get_object().erase(name);
    EXPECT_THAT(lines(value), ElementsAre(line(kNoText), line(kTooShort)));
    value.get_object()[name] = "  ";
    EXPECT_THAT(lines(value), IsEmpty()) << "white space counts as content";
  }
}

TEST(DefinitionByContract, Proxy) {
  EXPECT_THAT(proxy_lines("null"), ElementsAre("api | proxy: must be present"));
  EXPECT_THAT(proxy_lines("{}"),
              ElementsAre("api | proxy: must be present", "api | target_url: must be string",
                          "api | target_url: must have a length of at least 1",
                          "api | port: must be integer"));
  EXPECT_THAT(proxy_lines(R"({"target_url":"","port":"80"})"),
              ElementsAre("api | target_url: must have a length of at least 1",
                          "api | port: must be integer"));
  EXPECT_THAT(proxy_lines(R"({"target_url":"h","port":80.0})"),
              ElementsAre("api | port: must be integer"));
}

TEST(DefinitionByContract, VersionData) {
  EXPECT_THAT(version_lines("null"), ElementsAre("api | version_data: must be present"));
  EXPECT_THAT(version_lines("{}"),
              ElementsAre("api | version_data: must be present",
                          "api | version_data: must have at least one version, e.g. default"));
  EXPECT_THAT(version_lines(R"({"default":{},"v2":{"endpoints":{}}})"),
              ElementsAre("api | endpoints: must be list", "api | endpoints: must be list"));
  EXPECT_THAT(version_lines(R"({"v2":{"endpoints":[{}]}})"), IsEmpty())
      << "only the default version has its endpoints checked";
}

TEST(DefinitionByContract, TokenPlaces) {
  EXPECT_THAT(auth_lines(R"({"use_header":true})"),
              ElementsAre("a | header_name: must be present"));
  EXPECT_THAT(auth_lines(R"({"use_header":true,"header_name":""})"),
              ElementsAre("a | header_name: must be present"));
  EXPECT_THAT(auth_lines(R"({"use_query":true,"query_name":null})"),
              ElementsAre("a | query_name: must be present"));
  EXPECT_THAT(auth_lines(R"({"use_header":false,"use_query":null})"), IsEmpty());
  EXPECT_THAT(auth_lines(R"({"use_query":true,"query_name":"token"})"), IsEmpty());
}

TEST(DefinitionByContract, TokenPlacesWithoutTokens) {
  EXPECT_THAT(
      auth_lines(R"({"use_header":true,"header_name":"a","use_query":true,"query_name":"b"})",
                 "none"),
      ElementsAre(R"(a | auth_type: must be one of ["jwt"])"));
  EXPECT_THAT(auth_lines(R"({"use_header":false,"header_name":"a"})", "none"), IsEmpty());
}

TEST(DefinitionByContract, SecuredEndpoint) {
  EXPECT_THAT(lines(definition("a", "", endpoint("e", R"(,"secured":true)"))),
              ElementsAre(R"(a/e | auth_type: must be one of ["jwt"])"));
  EXPECT_THAT(endpoint_lines(R"(,"secured":true)"), IsEmpty());
}

TEST(DefinitionByContract, TopicAndTarget) {
  for (const auto* target : {"kafka", "kinesis", "nats"}) {
    const auto member = R"(,"target":")" + std::string(target) + '"';
    EXPECT_THAT(endpoint_lines(member), ElementsAre("a/e | topic: must be present"));
    EXPECT_THAT(endpoint_lines(member + R"(,"topic":"")"),
                ElementsAre("a/e | topic: must be present"));
    EXPECT_THAT(endpoint_lines(member + R"(,"topic":"t")"), IsEmpty());
  }
  EXPECT_THAT(endpoint_lines(R"(,"schema":"s")"), ElementsAre("a/e | target: must be present"));
}

TEST(DefinitionByContract, EmptyEndpointHasItsErrorsInOrder) {
  EXPECT_THAT(lines(definition("invalid-config", "", "{}")),
              ElementsAre("invalid-config/ | id: must be string",
                          "invalid-config/ | id: must have a length of at least 1",
                          "invalid-config/ | path_regex: must be string",
                          "invalid-config/ | path_regex: must have a length of at least 1",
                          "invalid-config/ | method: must be string",
                          "invalid-config/ | method: must have a length of at least 1"));
}

TEST(DefinitionByContract, EverythingAtOnceIsInTheOrderOfTheTable) {
  const auto value = json_of(R"({"proxy":{},"version_data":{"default":{"endpoints":[
      {"secured":true,"target":"kafka","method":"GET"}],"x":1},"v":{}},
      "auth":{"use_query":true,"use_header":true}})");
  EXPECT_THAT(
      lines(value),
      ElementsAre(
          "api | id: must be string", "api | id: must have a length of at least 1",
          "api | name: must be string", "api | name: must have a length of at least 1",
          "api | proxy: must be present", "api | target_url: must be string",
          "api | target_url: must have a length of at least 1", "api | port: must be integer",
          "api | endpoints: must be list", " | header_name: must be present",
          " | query_name: must be present", R"( | auth_type: must be one of ["jwt"])",
          R"(/ | auth_type: must be one of ["jwt"])", "/ | topic: must be present",
          "/ | id: must be string", "/ | id: must have a length of at least 1",
          "/ | path_regex: must be string", "/ | path_regex: must have a length of at least 1"));
}

// What follows made version 3 answer with 500, or take what it could not serve.

TEST(Definition, WrongKindsAreErrorsOfTheirMembers) {
  EXPECT_THAT(lines(json_of("[]")), ElementsAre("api | api: must be object"));
  auto value = definition("a");
  value.get_object()["id"] = 5;
  EXPECT_THAT(lines(value), ElementsAre("api | id: must be string"));
  EXPECT_THAT(proxy_lines("5"), ElementsAre("api | proxy: must be object"));
  EXPECT_THAT(version_lines("[]"), ElementsAre("api | version_data: must be object"));
  EXPECT_THAT(version_lines(R"({"v2":7})"), ElementsAre("api | v2: must be object"));
  EXPECT_THAT(lines(definition("a", "", "7,[]")),
              ElementsAre("api | endpoints: must be list of objects",
                          "api | endpoints: must be list of objects"));
  EXPECT_THAT(lines(definition("a", R"(,"auth":"x")")), ElementsAre("a | auth: must be object"));
  EXPECT_THAT(lines(definition("a", R"(,"auth_type":1)")),
              ElementsAre("a | auth_type: must be string"));
}

TEST(Definition, BooleansAreBooleans) {
  EXPECT_THAT(lines(definition("a", R"(,"versioned":1,"active":"true")")),
              ElementsAre("api | versioned: must be boolean", "api | active: must be boolean"));
  EXPECT_THAT(proxy_lines(R"({"target_url":"h","port":1,"use_env":"no"})"),
              ElementsAre("api | use_env: must be boolean"));
  EXPECT_THAT(
      auth_lines(R"({"use_header":"false","header_name":"a","use_query":0,"query_name":"b"})"),
      ElementsAre("a | use_header: must be boolean", "a | use_query: must be boolean"));
  EXPECT_THAT(endpoint_lines(R"(,"secured":"true","transform_request_headers":1)"),
              ElementsAre("a/e | secured: must be boolean",
                          "a/e | transform_request_headers: must be boolean"));
}

TEST(Definition, PortIsOneOfTcp) {
  for (const auto* port : {"0", "65536", "-1", "18446744073709551615"})
    EXPECT_THAT(proxy_lines(R"({"target_url":"h","port":)" + std::string(port) + "}"),
                ElementsAre("api | port: must be from 1 to 65535"))
        << port;
}

TEST(Definition, TargetIsAHost) {
  for (const auto* url : {"h:80", "//h", "ftp://h", "http://", "a b", "h/x", "::1", "http://[1]"})
    EXPECT_THAT(proxy_lines(R"({"port":1,"target_url":")" + std::string(url) + "\"}"),
                ElementsAre("api | target_url: must be a host, http://host or https://host"))
        << url;
}

TEST(Definition, TargetOfTheEnvironmentIsCheckedAndNotShown) {
  DefinitionRules rules;
  rules.variables =
      std::make_shared<const EnvSnapshot>(EnvSnapshot{{"SECRET", "a b"}, {"HOST", "http://h"}});
  const std::string proxy = R"({"port":1,"use_env":true,"target_url":)";
  EXPECT_THAT(proxy_lines(proxy + R"("HOST"})", rules), IsEmpty());
  EXPECT_THAT(proxy_lines(proxy + R"("UNSET"})", rules), IsEmpty());
  EXPECT_THAT(
      proxy_lines(proxy + R"("SECRET"})", rules),
      ElementsAre(
          "api | target_url: must name a variable with a host, http://host or https://host"));
}

TEST(Definition, PatternsMustCompile) {
  const auto fault = [](const std::string& pattern) {
    return lines(
        definition("a", "", R"({"id":"e","method":"GET","path_regex":")" + pattern + "\"}"));
  };
  EXPECT_THAT(fault("/(a|b)/[^/]+"), IsEmpty());
  EXPECT_THAT(fault("/(a"),
              ElementsAre(AllOf(StartsWith("a/e | path_regex: must be a regular expression: "),
                                HasSubstr("missing )"))));
  EXPECT_THAT(fault("/a(?=b)"), ElementsAre(HasSubstr("(?=")));
  EXPECT_THAT(fault("/a)(b"), ElementsAre(HasSubstr("unexpected )")));
}

TEST(Definition, PathStandsInForAPattern) {
  const auto fault = [](const std::string& path) {
    return lines(definition("a", "", R"({"id":"e","method":"GET","path":")" + path + "\"}"));
  };
  for (const auto* path : {"/", "/books", "/books/{id}", "/books/{id}/pages/{page}", "/a%20b/"})
    EXPECT_THAT(fault(path), IsEmpty()) << path;
  for (const auto* path : {"", "books", "/books/{id", "/books/x{id}", "/{}", "/{a}/{a}", "/a b",
                           "/a/../b", "//a", "/%zz", "/%00"})
    EXPECT_THAT(fault(path), ElementsAre(StartsWith("a/e | path: must "))) << path;
}

TEST(Definition, ReplacementCanBeFilledIn) {
  EXPECT_THAT(endpoint_lines(R"(,"path_replacement":"/v1/\\1?a=\\g{2}")"), IsEmpty());
  EXPECT_THAT(endpoint_lines(R"(,"path_replacement":"/v1/\\g{x}")"),
              ElementsAre(StartsWith("a/e | path_replacement: must be a replacement: ")));
}

TEST(Definition, PathBesideAPatternIsUnknown) {
  EXPECT_THAT(endpoint_lines(R"(,"path":"no path")"), IsEmpty());
}

TEST(Definition, TargetsAndAnswersMustFit) {
  EXPECT_THAT(endpoint_lines(R"(,"target":"Kafka")"),
              ElementsAre(R"(a/e | target: must be one of ["http", "kafka", "kinesis", "nats"])"));
  EXPECT_THAT(endpoint_lines(R"(,"target":7)"), ElementsAre("a/e | target: must be string"));
  EXPECT_THAT(
      endpoint_lines(R"(,"response_from":"kinesis")"),
      ElementsAre(R"(a/e | response_from: must be one of ["http", "http_async", "kafka"])"));
  const auto answer = [](const std::string& target, const std::string& from) {
    return endpoint_lines(R"(,"topic":"t","target":")" + target + R"(","response_from":")" + from +
                          '"');
  };
  EXPECT_THAT(answer("kafka", "http_async"),
              ElementsAre(R"(a/e | response_from: must be one of ["http", "kafka"])"));
  EXPECT_THAT(answer("kinesis", "kinesis"),
              ElementsAre(R"(a/e | response_from: must be one of ["http"])"));
  EXPECT_THAT(answer("nats", "kafka"),
              ElementsAre(R"(a/e | response_from: must be one of ["http", "nats"])"));
  for (const auto& [target, from] :
       std::vector<std::pair<std::string, std::string>>{{"http", "http"},
                                                        {"http", "kafka"},
                                                        {"http", "http_async"},
                                                        {"kafka", "kafka"},
                                                        {"kafka", "http"},
                                                        {"kinesis", "http"},
                                                        {"nats", "nats"},
                                                        {"nats", "http"}})
    EXPECT_THAT(answer(target, from), IsEmpty()) << target << ' ' << from;
}

TEST(Definition, EndpointIdsAreUnique) {
  EXPECT_THAT(lines(definition("a", "", endpoint("e") + ',' + endpoint("f") + ',' + endpoint("e"))),
              ElementsAre("a/e | id: must not be that of another endpoint"));
}

TEST(Definition, MethodIsAToken) {
  EXPECT_THAT(lines(definition("a", "", R"({"id":"e","method":"GET /","path_regex":"/"})")),
              ElementsAre("a/e | method: must be an HTTP method"));
}

TEST(Definition, HeadersAreThoseOfHttp) {
  const auto fault = [](const std::string& headers) {
    return version_lines(R"({"default":{"endpoints":[],"transform_request_headers":)" + headers +
                         "}}");
  };
  EXPECT_THAT(fault(R"({"add_headers":{"x-a":"b c\t;","x-empty":""}})"), IsEmpty());
  EXPECT_THAT(fault("{}"), IsEmpty());
  EXPECT_THAT(fault("true"), ElementsAre("api | transform_request_headers: must be object"));
  EXPECT_THAT(fault(R"({"add_headers":[]})"), ElementsAre("api | add_headers: must be object"));
  EXPECT_THAT(fault(R"({"add_headers":{"x a":"b"}})"), ElementsAre(HasSubstr("\"x a\" is none")));
  EXPECT_THAT(fault(R"({"add_headers":{"x":7}})"), ElementsAre(HasSubstr("must have strings")));
  EXPECT_THAT(fault(R"({"add_headers":{"x":"1","X":"2"}})"), ElementsAre(HasSubstr("twice")));
  for (const auto* value : {"a\\r\\nb: c", " a", "a ", "\\u0000", "\\u007f"})
    EXPECT_THAT(fault(R"({"add_headers":{"x":")" + std::string(value) + "\"}}"),
                ElementsAre(HasSubstr("RFC 9110")))
        << value;
  EXPECT_THAT(auth_lines(R"({"use_header":true,"header_name":"a:b"})"),
              ElementsAre("a | header_name: must be the name of a header"));
}

TEST(Definition, RulesOnRoutesAreCheckedWhereTheyStand) {
  const auto* limit = R"(,"rate_limit":{"requests":1,"per":"1s","by":"claim:sub"})";
  const auto* claims = R"(,"claim_headers":{"x-user":"sub"},"required_claims":{"a":"b"})";
  const std::string secured = R"(,"secured":true,"transform_response_headers":true)";
  EXPECT_THAT(endpoint_lines(secured + limit + claims), IsEmpty());
  EXPECT_THAT(lines(definition("a", R"(,"auth_type":"jwt")" + std::string(limit) +
                                        R"(,"claim_headers":{"x-user":"sub"})")),
              IsEmpty());
  EXPECT_THAT(
      endpoint_lines(std::string(limit) + claims),
      ElementsAre(StartsWith("a/e | required_claims: "), StartsWith("a/e | claim_headers: "),
                  StartsWith("a/e | rate_limit.by: ")));
  EXPECT_THAT(lines(definition("a", std::string(limit) + R"(,"claim_headers":{"x-user":"sub"})")),
              ElementsAre(StartsWith("a | rate_limit.by: "), StartsWith("a | claim_headers: ")));
  EXPECT_THAT(endpoint_lines(R"(,"transform_response_headers":1)"),
              ElementsAre("a/e | transform_response_headers: must be boolean"));
}

TEST(Definition, ChangesOfHeadersCannotTellWhatAnyEndpointsClaimTells) {
  const auto value = json_of(R"({"id":"a","name":"N","auth_type":"jwt",
      "proxy":{"target_url":"localhost","port":80},"version_data":{"default":{
        "transform_request_headers":{"append_headers":{"X_User":"root"}},
        "endpoints":[{"id":"e","method":"GET","path_regex":"/x","secured":true,
                      "claim_headers":{"x-user":"sub"}}]}}})");
  EXPECT_THAT(lines(value), ElementsAre(HasSubstr("\"X_User\", which tells a claim")));
}

TEST(Definition, SecuredEndpointNeedsAKey) {
  DefinitionRules rules;
  rules.has_keys = false;
  const auto value = definition("a", R"(,"auth_type":"jwt")", endpoint("e", R"(,"secured":true)"));
  EXPECT_THAT(lines(value, rules), ElementsAre(AllOf(StartsWith("a/e | secured: must not be true"),
                                                     HasSubstr("JWT_SECRET_KEY"))));
  EXPECT_THAT(lines(definition("a", R"(,"auth_type":"jwt")", endpoint("e")), rules), IsEmpty());
}

}  // namespace
}  // namespace rig::proxy

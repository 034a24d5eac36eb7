// API definitions: managed over HTTP with the statuses and texts of the contract, loaded from files
// and texts, refused at the start with every problem at once.
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kOk = R"({"message":"ok"})";
constexpr const char* kProxy = R"("proxy":{"target_url":"localhost","port":80})";

/// A definition with these endpoints and members.
std::string api(const std::string& id, const std::string& endpoints = "",
                const std::string& more = "") {
  return R"({"id":")" + id + R"(","name":"N",)" + kProxy +
         R"(,"version_data":{"default":{"endpoints":[)" + endpoints + "]}}" + more + "}";
}

const std::string kList = R"({"id":"list","method":"get","path_regex":"^/books"})";
const std::string kSecured =
    R"json({"id":"detail","method":"GET","path_regex":"^/books/(.+)","secured":true})json";

class ApisTest : public ::testing::Test {
 protected:
  explicit ApisTest(const Environment& changes = {}) : gateway_(changes) {}

  HttpReply ask(std::string method, std::string target, std::string body = "",
                std::string type = "application/json") {
    HttpRequest request{.method = std::move(method), .target = std::move(target)};
    if (!body.empty()) request.headers = {{"content-type", std::move(type)}};
    request.body = std::move(body);
    return fetch(gateway_.api(), request);
  }
  HttpReply post(const std::string& body) { return ask("POST", "/v3/apis", body); }
  HttpReply get(const std::string& id) { return ask("GET", "/v3/apis/" + percent_encode(id)); }

  Gateway gateway_;
};

void expect_json(const HttpReply& reply, int status, const std::string& body) {
  EXPECT_EQ(reply.status, status) << reply.body;
  EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
  EXPECT_TRUE(same_json(reply.body, body)) << reply.body << "\nis not\n" << body;
}

// Vector 15 of the contract.
TEST_F(ApisTest, LifeOfAnApi) {
  expect_json(ask("GET", "/v3/apis"), 200, "[]");
  expect_json(post(api("m1", kList)), 201, kOk);
  expect_json(post(api("m1")), 409, R"({"message":"API with id=m1 already exists."})");
  const auto created = get("m1");
  EXPECT_EQ(created.status, 200);
  EXPECT_EQ(json_at(created.body, "/ref_number"), "0");
  EXPECT_EQ(gateway_.metric("rig_proxy_apis"), 1);

  const auto deleted = ask("DELETE", "/v3/apis/m1");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_THAT(deleted.header("content-type").value_or(""), HasSubstr("text/plain"));
  const std::string gone = R"({"message":"API with id=m1 doesn't exists."})";
  expect_json(get("m1"), 404, gone);
  expect_json(ask("PUT", "/v3/apis/m1", api("m1")), 404, gone);
  expect_json(ask("DELETE", "/v3/apis/m1"), 404, gone);
  EXPECT_EQ(gateway_.metric("rig_proxy_apis"), 0);

  expect_json(post(api("m1")), 201, kOk);
  EXPECT_EQ(json_at(get("m1").body, "/ref_number"), "2");
}

TEST_F(ApisTest, DefinitionIsReadWithDefaultsAndBookkeeping) {
  EXPECT_EQ(post(api("m1", kList, R"(,"x":{"y":1},"ref_number":"abc","node_name":7)")).status, 201);
  const auto body = get("m1").body;
  EXPECT_TRUE(same_json(
      body,
      R"({"id":"m1","name":"N","active":true,"auth_type":"none","versioned":false,"x":{"y":1},
          "auth":{"header_name":"","query_name":"","use_header":false,"use_query":false},)" +
          std::string(kProxy) +
          R"(,"version_data":{"default":{"endpoints":[
            {"id":"list","method":"GET","path_regex":"^/books"}]}},"ref_number":0)" +
          R"(,"node_name":")" + json_at(body, "/node_name").value_or("?") + R"(","timestamp":")" +
          json_at(body, "/timestamp").value_or("?") + R"(","phx_ref":")" +
          json_at(body, "/phx_ref").value_or("?") + "\"}"))
      << body;
  EXPECT_THAT(json_at(body, "/timestamp").value_or(""),
              ::testing::MatchesRegex("[0-9-]+T[0-9:]+\\.[0-9]+Z"));
  EXPECT_THAT(json_at(body, "/node_name").value_or(""), Not(IsEmpty()));
}

TEST_F(ApisTest, ListIsAscendingAndVersionsShareIt) {
  for (const auto* id : {"b", "a", "B"}) EXPECT_EQ(post(api(id)).status, 201);
  EXPECT_EQ(ask("POST", "/v2/apis", api("c", "", R"(,"versioned":true)")).status, 201);
  EXPECT_EQ(post(api("off", "", R"(,"active":false)")).status, 201);
  for (const auto* path : {"/v2/apis", "/v3/apis", "/v3/apis/"}) {
    std::vector<std::string> ids;
    for (const auto& item : json_items(ask("GET", path).body, ""))
      ids.push_back(json_at(item, "/id").value_or("?"));
    EXPECT_THAT(ids, ElementsAre("B", "a", "b", "c")) << path;
  }
  EXPECT_EQ(get("off").status, 404);
}

TEST_F(ApisTest, PutMergesMembersUnderTheIdOfThePath) {
  post(api("a", kList, R"(,"x":1,"y":{"p":1})"));
  const auto before = get("a").body;
  expect_json(ask("PUT", "/v3/apis/a", api("other", "", R"(,"y":{"q":2})")), 200, kOk);
  const auto after = get("a").body;
  EXPECT_EQ(json_at(after, "/id"), "a");
  EXPECT_EQ(json_at(after, "/x"), "1");
  EXPECT_EQ(json_at(after, "/y"), R"({"q":2})");
  EXPECT_EQ(json_at(after, "/ref_number"), "1");
  EXPECT_THAT(json_items(after, "/version_data/default/endpoints"), IsEmpty());
  EXPECT_NE(json_at(after, "/phx_ref"), json_at(before, "/phx_ref"));
  EXPECT_EQ(get("other").status, 404);

  expect_json(ask("PUT", "/v3/apis/a", api("a", "", R"(,"active":false)")), 200, kOk);
  EXPECT_EQ(get("a").status, 404);
}

TEST_F(ApisTest, AnyIdFindsItsWayThroughTheUrl) {
  const std::string id = "a/b c?#%2F\xC3\xBC";
  EXPECT_EQ(post(api(id)).status, 201);
  EXPECT_EQ(json_at(get(id).body, "/id"), id);
  EXPECT_EQ(ask("PUT", "/v3/apis/" + percent_encode(id), api("x")).status, 200);
  EXPECT_EQ(ask("DELETE", "/v3/apis/" + percent_encode(id)).status, 204);
  EXPECT_EQ(ask("GET", "/v3/apis/%zz").status, 400);
}

// Vector 14: the errors of the contract, to the byte, by POST and by PUT.
TEST_F(ApisTest, InvalidDefinitionsAreRefusedByContract) {
  const std::string id = R"({"id":"a",)";
  const std::string name = R"("name":"N",)";
  const std::string data = R"(,"version_data":{"default":{"endpoints":[]}}})";
  const auto endpoint = [](const std::string& members, const std::string& more = "") {
    return api("a", R"({"id":"e","method":"GET","path_regex":"/")" + members + "}", more);
  };
  const auto secured_jwt = R"(,"auth_type":"jwt")";
  const std::vector<std::pair<std::string, std::string>> rows{
      {id + kProxy + data,
       R"({"api":[{"name":"must be string"},{"name":"must have a length of at least 1"}]})"},
      {id + R"("name":"",)" + kProxy + data,
       R"({"api":[{"name":"must have a length of at least 1"}]})"},
      {id + R"("name":"N")" + data, R"({"api":[{"proxy":"must be present"}]})"},
      {id + name + R"("proxy":{})" + data,
       R"({"api":[{"proxy":"must be present"},{"target_url":"must be string"},)"
       R"({"target_url":"must have a length of at least 1"},{"port":"must be integer"}]})"},
      {id + name + kProxy + "}", R"({"api":[{"version_data":"must be present"}]})"},
      {id + name + kProxy + R"(,"version_data":{}})",
       R"({"api":[{"version_data":"must be present"},)"
       R"({"version_data":"must have at least one version, e.g. default"}]})"},
      {id + name + kProxy + R"(,"version_data":{"default":{}}})",
       R"({"api":[{"endpoints":"must be list"}]})"},
      {api("a", "", R"(,"auth_type":"jwt","auth":{"use_header":true,"use_query":true})"),
       R"({"a":[{"header_name":"must be present"},{"query_name":"must be present"}]})"},
      {api("a", "", R"(,"auth":{"use_header":true,"header_name":"h"})"),
       R"({"a":[{"auth_type":"must be one of [\"jwt\"]"}]})"},
      {endpoint(R"(,"secured":true)"), R"({"a/e":[{"auth_type":"must be one of [\"jwt\"]"}]})"},
      {endpoint(R"(,"target":"kafka")"), R"({"a/e":[{"topic":"must be present"}]})"},
      {endpoint(R"(,"target":"kinesis")"), R"({"a/e":[{"topic":"must be present"}]})"},
      {endpoint(R"(,"schema":"s")"), R"({"a/e":[{"target":"must be present"}]})"},
      {api("a", "{}"),
       R"({"a/":[{"id":"must be string"},{"id":"must have a length of at least 1"},)"
       R"({"path_regex":"must be string"},{"path_regex":"must have a length of at least 1"},)"
       R"({"method":"must be string"},{"method":"must have a length of at least 1"}]})"},
      // What version 3 took, or answered with 500.
      {api("a", "5"), R"({"api":[{"endpoints":"must be list of objects"}]})"},
      {endpoint(R"(,"secured":"true")", secured_jwt), R"({"a/e":[{"secured":"must be boolean"}]})"},
      {endpoint(R"(,"target":"Kafka")"),
       R"({"a/e":[{"target":"must be one of [\"http\", \"kafka\", \"kinesis\", \"nats\"]"}]})"},
  };
  for (const auto& [body, errors] : rows) {
    const auto posted = post(body);
    EXPECT_EQ(posted.status, 400) << body;
    EXPECT_EQ(posted.body, errors) << body;
    EXPECT_EQ(posted.header("content-type"), "application/json; charset=utf-8");
  }
  EXPECT_EQ(post(api("a")).status, 201);
  for (const auto& [body, errors] : rows) {
    const auto put = ask("PUT", "/v3/apis/a", body);
    EXPECT_EQ(put.status, 400) << body;
    EXPECT_EQ(put.body, errors) << body;
  }
  EXPECT_EQ(json_at(get("a").body, "/ref_number"), "0");
}

TEST_F(ApisTest, MistakesOfClientsAreTheirs) {
  EXPECT_EQ(post(R"({"id":5,"name":"N",)" + std::string(kProxy) +
                 R"(,"version_data":{"default":{"endpoints":[]}}})")
                .body,
            R"({"api":[{"id":"must be string"}]})");
  EXPECT_EQ(post("[]").body, R"({"api":[{"api":"must be object"}]})");
  const auto malformed = post("{");
  EXPECT_EQ(malformed.status, 400);
  EXPECT_EQ(json_at(malformed.body, "/errors/detail"), "Bad request");
  EXPECT_EQ(ask("POST", "/v3/apis", "id=a", "application/x-www-form-urlencoded").status, 415);
  EXPECT_EQ(
      fetch(gateway_.api(), {.method = "POST", .target = "/v3/apis", .body = api("a")}).status,
      400);
  EXPECT_EQ(post(std::string(10'000, '[')).status, 400);
  EXPECT_EQ(json_items(ask("GET", "/v3/apis").body, ""), std::vector<std::string>());
}

TEST_F(ApisTest, BadPatternIsRefusedWithItsProblem) {
  const auto reply = post(api("a", R"({"id":"e","method":"GET","path_regex":"/(a"})"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(json_at(reply.body, "/a~1e/0/path_regex").value_or(""), HasSubstr("missing )"));
}

TEST_F(ApisTest, SecuredEndpointWithoutAKeyIsRefused) {
  const auto reply = post(api("a", kSecured, R"(,"auth_type":"jwt")"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(json_at(reply.body, "/a~1detail/0/secured").value_or(""),
              HasSubstr("JWT_SECRET_KEY"));
}

class ApisWithKey : public ApisTest {
 protected:
  ApisWithKey() : ApisTest({{"JWT_SECRET_KEY", "not so secret"}}) {}
};

TEST_F(ApisWithKey, SecuredEndpointIsTaken) {
  EXPECT_EQ(post(api("a", kSecured, R"(,"auth_type":"jwt")")).status, 201);
  EXPECT_EQ(json_at(get("a").body, "/auth/header_name"), "Authorization");
  // By contract also if the stored one says jwt.
  EXPECT_EQ(ask("PUT", "/v3/apis/a", api("a", kSecured)).status, 400);
}

// Version 3 filled the defaults in once, and then never found a token.
TEST_F(ApisWithKey, TokensAreFoundInTheHeaderAfterAPutTurnsThemOn) {
  post(api("a"));
  EXPECT_EQ(ask("PUT", "/v3/apis/a", api("a", kSecured, R"(,"auth_type":"jwt")")).status, 200);
  EXPECT_EQ(json_at(get("a").body, "/auth/use_header"), "true");
}

class FewApis : public ApisTest {
 protected:
  FewApis() : ApisTest({{"RIG_PROXY_APIS_MAX", "2"}}) {}
};

TEST_F(FewApis, RoomIsBounded) {
  EXPECT_EQ(post(api("a")).status, 201);
  EXPECT_EQ(post(api("b")).status, 201);
  const auto full = post(api("c"));
  EXPECT_EQ(full.status, 503);
  EXPECT_THAT(full.body, HasSubstr("RIG_PROXY_APIS_MAX"));
  EXPECT_EQ(ask("PUT", "/v3/apis/a", api("a")).status, 200);
}

std::vector<std::string> ids_of(const Gateway& gateway) {
  std::vector<std::string> ids;
  const auto list = fetch(gateway.api(), {.target = "/v3/apis"}).body;
  for (const auto& item : json_items(list, "")) ids.push_back(json_at(item, "/id").value_or("?"));
  return ids;
}

/// As a whole: whoever looks sees the old one or this.
void replace_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path.string() + ".new") << text;
  std::filesystem::rename(path.string() + ".new", path);
}

TEST(ApiFiles, TextFileAndDirectoryAreLoaded) {
  const auto shop = "[" + api("shop", kList) + "]";
  const Gateway text({{"PROXY_CONFIG_FILE", shop}});
  EXPECT_THAT(ids_of(text), ElementsAre("shop"));
  const TempFolder folder;
  const Gateway file({{"PROXY_CONFIG_FILE", folder.write("apis.json", shop)}});
  EXPECT_THAT(ids_of(file), ElementsAre("shop"));
  static_cast<void>(folder.write("one.json", api("one")));
  static_cast<void>(folder.write("two.yaml",
                                 "id: two\nname: Two\nproxy: {target_url: localhost, port: 80}\n"
                                 "version_data: {default: {endpoints: []}}\n"));
  const Gateway directory({{"PROXY_CONFIG_FILE", folder.path().string()}});
  EXPECT_THAT(ids_of(directory), ElementsAre("one", "shop", "two"));
}

TEST(ApiFiles, ChangedFileIsTakenUnlessItIsBad) {
  const TempFolder folder;
  const auto path = folder.write("apis.json", "[" + api("a") + "," + api("b") + "]");
  Gateway gateway({{"PROXY_CONFIG_FILE", path}, {"RIG_PROXY_CONFIG_RELOAD", "10ms"}});
  EXPECT_THAT(ids_of(gateway), ElementsAre("a", "b"));
  const auto posted = fetch(gateway.api(), {.method = "POST",
                                            .target = "/v3/apis",
                                            .headers = {{"content-type", "application/json"}},
                                            .body = api("posted")});
  EXPECT_EQ(posted.status, 201);

  replace_file(path, "[" + api("b") + "," + api("c") + "]");
  EXPECT_TRUE(
      eventually([&] { return ids_of(gateway) == std::vector<std::string>{"b", "c", "posted"}; }));

  replace_file(path, "[" + api("b") + R"(,{"id":"broken"}])");
  EXPECT_TRUE(eventually([&] { return gateway.metric("rig_proxy_config_refused_total") == 1; }));
  EXPECT_THAT(ids_of(gateway), ElementsAre("b", "c", "posted"));
  EXPECT_TRUE(eventually(
      [&] { return gateway.process().standard_output().find("broken") != std::string::npos; }));
}

struct Outcome {
  int code = -1;
  std::vector<std::string> problems;  // lines about the setting
};

Outcome run(const Environment& changes, bool only_check) {
  std::vector<std::string> arguments{Gateway::program_path()};
  if (only_check) arguments.emplace_back("--check");
  ChildProcess program(arguments, default_settings(changes));
  Outcome outcome;
  outcome.code = program.wait_exit().value_or(-1);
  expect_no_sanitizer_report(program);
  std::istringstream lines(program.standard_output() + program.standard_error());
  for (std::string line; std::getline(lines, line);) {
    if (line.find("PROXY_CONFIG_FILE") != std::string::npos) outcome.problems.push_back(line);
  }
  return outcome;
}

TEST(ApiStart, EveryProblemOfEveryDefinitionIsALine) {
  const auto bad = "[" + api("shop", R"json({"id":"e","method":"GET","path_regex":"/("})json") +
                   R"(,{"id":"cart","name":"Cart",)" + kProxy + "},7," +
                   api("safe", kSecured, R"(,"auth_type":"jwt")") + "," + api("shop") + "]";
  for (const bool only_check : {false, true}) {
    const auto outcome = run({{"PROXY_CONFIG_FILE", bad}}, only_check);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.problems, SizeIs(5));
    EXPECT_THAT(outcome.problems,
                AllOf(Contains(HasSubstr(R"(API "shop", endpoint "e": path_regex)")),
                      Contains(HasSubstr(R"(API "cart": version_data must be present)")),
                      Contains(HasSubstr("API number 3: api must be object")),
                      Contains(HasSubstr(R"(API "safe", endpoint "detail": secured)")),
                      Contains(HasSubstr(R"(API "shop": id must not be)"))));
  }
}

TEST(ApiStart, WhatIsNoListOfDefinitionsIsALine) {
  const TempFolder folder;
  for (const auto& [value, text] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "must be a list of API definitions"},
           {"[{", "is no JSON"},
           {"no such file", "No such file"},
           {folder.write("bad.json", "["), "bad.json"},
           {folder.write("bad.yaml", "a: ["), "bad.yaml"}}) {
    const auto outcome = run({{"PROXY_CONFIG_FILE", value}}, true);
    EXPECT_EQ(outcome.code, 1) << value;
    EXPECT_THAT(outcome.problems, ElementsAre(HasSubstr(text))) << value;
  }
}

TEST(ApiStart, GoodDefinitionsPassTheCheck) {
  const auto shop = api("shop", R"({"id":"e","method":"GET","path":"/books/{id}"})");
  const auto outcome = run({{"PROXY_CONFIG_FILE", "[" + shop + "]"}}, true);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.problems, IsEmpty());
}

// Version 3 compared a pattern with the end of the path only.
TEST(ApiStart, PatternsThatVersion3ReadDifferentlyAreRemarkedOn) {
  const auto shop = api("shop", R"({"id":"e","method":"GET","path_regex":"/books"})");
  const auto outcome = run({{"PROXY_CONFIG_FILE", "[" + shop + "]"}}, true);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.problems, ElementsAre(HasSubstr("whole path")));
}

}  // namespace
}  // namespace testkit

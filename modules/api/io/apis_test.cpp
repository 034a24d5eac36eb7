#include "io/apis.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rig::api {
namespace {

using proxy::ApiChange;
using testing::ElementsAre;
using testing::HasSubstr;

/// Remembers what it was asked for, and answers what it was told to.
class FakeDefinitions final : public proxy::ApiDefinitions {
 public:
  Task<ApiChange> create(boost::json::value definition) override {
    asked.push_back("create " + boost::json::serialize(definition));
    co_return answer;
  }
  Task<ApiChange> replace(std::string id, boost::json::value definition) override {
    asked.push_back("replace " + id + " " + boost::json::serialize(definition));
    co_return answer;
  }
  Task<ApiChange> remove(std::string id) override {
    asked.push_back("remove " + id);
    co_return answer;
  }
  Task<std::string> list() override { co_return "[1]"; }
  Task<std::optional<std::string>> get(std::string id) override {
    if (id != "a/b") co_return std::nullopt;
    co_return "{}";
  }
  [[nodiscard]] const proxy::ApiSetRef& snapshot() const noexcept override { return set; }

  ApiChange answer;
  std::vector<std::string> asked;
  proxy::ApiSetRef set;
};

class Apis : public testing::Test {
 protected:
  transport::HttpResponse ask(std::string method, std::string target, std::string body = "",
                              std::optional<std::string> type = "application/json") {
    transport::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    if (type) request.headers.add("content-type", *type);
    boost::asio::io_context context(1);
    auto response = boost::asio::co_spawn(
        context.get_executor(), endpoint_.handle(std::move(request)), boost::asio::use_future);
    context.run();
    return response.get();
  }

  FakeDefinitions definitions_;
  ApisEndpoint endpoint_{definitions_};
};

TEST_F(Apis, AreManagedOnly) {
  for (const auto& route : endpoint_.routes()) EXPECT_EQ(route.door, transport::Door::kApi);
  EXPECT_EQ(endpoint_.routes().size(), 10U);
}

TEST_F(Apis, SuccessIsByContract) {
  const auto created = ask("POST", "/v3/apis", R"({"id":"a"})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.body, R"({"message":"ok"})");
  EXPECT_EQ(created.content_type, "application/json; charset=utf-8");
  const auto replaced =
      ask("PUT", "/v2/apis/a%2Fb/", "{}", "Application/Vnd.X+JSON; charset=utf-8");
  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(replaced.body, R"({"message":"ok"})");
  const auto deleted = ask("DELETE", "/v3/apis/a");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_THAT(definitions_.asked,
              ElementsAre(R"(create {"id":"a"})", "replace a/b {}", "remove a"));
}

TEST_F(Apis, AreRead) {
  EXPECT_EQ(ask("GET", "/v3/apis").body, "[1]");
  EXPECT_EQ(ask("GET", "/v2/apis/").body, "[1]");
  EXPECT_EQ(ask("GET", "/v3/apis/a%2Fb").body, "{}");
  const auto unknown = ask("GET", "/v3/apis/a%22b");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body, R"({"message":"API with id=a\"b doesn't exists."})");
  EXPECT_EQ(ask("GET", "/v3/apis/%zz").status, 400);
}

TEST_F(Apis, EachOutcomeHasItsAnswer) {
  using Outcome = ApiChange::Outcome;
  definitions_.answer = {Outcome::kExists, "a"};
  const auto exists = ask("POST", "/v3/apis", "{}");
  EXPECT_EQ(exists.status, 409);
  EXPECT_EQ(exists.body, R"({"message":"API with id=a already exists."})");
  definitions_.answer = {Outcome::kUnknown, "a"};
  for (const auto* method : {"PUT", "DELETE"}) {
    const auto unknown = ask(method, "/v3/apis/a", "{}");
    EXPECT_EQ(unknown.status, 404) << method;
    EXPECT_EQ(unknown.body, R"({"message":"API with id=a doesn't exists."})") << method;
  }
  definitions_.answer = {Outcome::kFull, "a"};
  EXPECT_EQ(ask("POST", "/v3/apis", "{}").status, 503);
  definitions_.answer = {
      Outcome::kInvalid, "", {{"b/", "id", "x"}, {"api", "id", "y"}, {"b/", "id", "z"}}};
  const auto invalid = ask("POST", "/v3/apis", "{}");
  EXPECT_EQ(invalid.status, 400);
  EXPECT_EQ(invalid.body, R"({"api":[{"id":"y"}],"b/":[{"id":"x"},{"id":"z"}]})");
}

TEST_F(Apis, BodyMustBeJsonAndSaySo) {
  const auto malformed = ask("POST", "/v3/apis", "{");
  EXPECT_EQ(malformed.status, 400);
  EXPECT_THAT(malformed.body, HasSubstr(R"({"errors":{"detail":"Bad request"})"));
  EXPECT_EQ(ask("PUT", "/v3/apis/a", "").status, 400);
  EXPECT_EQ(ask("POST", "/v3/apis", "id=a", "application/x-www-form-urlencoded").status, 415);
  EXPECT_EQ(ask("POST", "/v3/apis", "{}", "text/json+").status, 415);
  const auto untyped = ask("POST", "/v3/apis", "{}", std::nullopt);
  EXPECT_EQ(untyped.status, 400);
  EXPECT_EQ(untyped.body, R"({"api":[{"content-type":"must be application/json"}]})");
  EXPECT_THAT(definitions_.asked, ElementsAre());
}

}  // namespace
}  // namespace rig::api

// The management of sessions: the blacklist's statuses and texts by contract, and lists without
// anybody in them.
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace testkit {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SessionsApi : public ::testing::Test {
 protected:
  explicit SessionsApi(const Environment& changes = {}) : gateway_(changes) {}

  HttpReply ask(std::string method, std::string target) {
    return fetch(gateway_.api(), {.method = std::move(method), .target = std::move(target)});
  }
  HttpReply post(std::string body, std::string path = "/v3/session-blacklist",
                 std::string type = "application/json") {
    return fetch(gateway_.api(), {.method = "POST",
                                  .target = std::move(path),
                                  .headers = {{"content-type", std::move(type)}},
                                  .body = std::move(body)});
  }
  HttpReply cut_off(const std::string& session, const std::string& validity = "60") {
    return post(R"({"sessionId":)" + session + R"(,"validityInSeconds":)" + validity + "}");
  }
  void expect_refusal(const HttpReply& reply, const std::string& text) {
    EXPECT_EQ(reply.status, 400) << text;
    EXPECT_EQ(reply.body, text);
    EXPECT_EQ(reply.header("content-type"), std::nullopt) << text;
    EXPECT_EQ(reply.header("access-control-allow-origin"), "*") << text;
  }

  Gateway gateway_;
};

TEST_F(SessionsApi, SessionIsOnTheBlacklistUntilItIsLifted) {
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/abc").status, 404);
  const auto created = cut_off(R"("abc")");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.body, "{}");
  EXPECT_EQ(created.header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(created.header("location"), "/v3/session-blacklist/abc");
  EXPECT_EQ(created.header("access-control-allow-origin"), "*");
  EXPECT_EQ(gateway_.metric("rig_blacklisted_sessions"), 1);

  const auto found = ask("GET", *created.header("location"));
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, "{}");
  EXPECT_EQ(found.header("content-type"), "application/json; charset=utf-8");

  const auto lifted = ask("DELETE", "/v3/session-blacklist/abc");
  EXPECT_EQ(lifted.status, 204);
  EXPECT_EQ(lifted.body, "");
  for (const char* method : {"GET", "DELETE"}) {
    const auto gone = ask(method, "/v3/session-blacklist/abc");
    EXPECT_EQ(gone.status, 404);
    EXPECT_EQ(gone.body, "Not found.");
    EXPECT_EQ(gone.header("content-type"), std::nullopt);
  }
  EXPECT_EQ(gateway_.metric("rig_blacklisted_sessions"), 0);
}

TEST_F(SessionsApi, VersionsShareOneBlacklist) {
  const auto created =
      post(R"({"sessionId":"abc","validityInSeconds":"30"})", "/v2/session-blacklist");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.header("location"), "/v2/session-blacklist/abc");
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/abc").status, 200);
  EXPECT_EQ(ask("GET", "/v2/session-blacklist/abc").status, 200);
  EXPECT_EQ(ask("DELETE", "/v2/session-blacklist/abc").status, 204);
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/abc").status, 404);
}

TEST_F(SessionsApi, AnyNameFindsItsWayThroughTheUrl) {
  const std::string name = R"("a/b c%2F\u00fc?#\"\r\n")";
  const auto location = cut_off(name).header("location");
  ASSERT_EQ(location, "/v3/session-blacklist/a%2Fb%20c%252F%C3%BC%3F%23%22%0D%0A");
  EXPECT_EQ(ask("GET", *location).status, 200);
  EXPECT_EQ(ask("GET", *location + "/").status, 200);
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/a%2Fb").status, 404);
  EXPECT_EQ(ask("DELETE", *location).status, 204);
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/%zz").status, 404);
}

TEST_F(SessionsApi, EntriesRunOut) {
  EXPECT_EQ(cut_off(R"("short")", "1").status, 201);
  EXPECT_EQ(cut_off(R"("long")", "1e9").status, 201);
  EXPECT_TRUE(eventually([&] { return ask("GET", "/v3/session-blacklist/short").status == 404; }));
  EXPECT_TRUE(eventually([&] { return gateway_.metric("rig_blacklisted_sessions") == 1; }));
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/long").status, 200);
}

TEST_F(SessionsApi, BadRequestsAreRefusedByContract) {
  expect_refusal(post("{}"), R"(Missing value for "sessionId")");
  expect_refusal(post("[]"), R"(Missing value for "sessionId")");
  expect_refusal(post(R"({"sessionId":"abc"})"), R"(Missing value for "validityInSeconds")");
  expect_refusal(cut_off(R"("")"), R"(Expected non-empty string, got "")");
  expect_refusal(cut_off("7"), "Expected non-empty string, got 7");
  expect_refusal(cut_off("null"), "Expected non-empty string, got nil");
  expect_refusal(cut_off(R"("abc")", "0"), "Expected a positive number, got 0");
  expect_refusal(cut_off(R"("abc")", "-1"), "Expected a positive number, got -1");
  expect_refusal(cut_off(R"("abc")", R"("0")"), R"(Expected a positive number, got "0")");
  expect_refusal(cut_off(R"("abc")", R"("")"), R"(Expected a positive number, got "")");
  expect_refusal(cut_off(R"("abc")", "null"), "Expected a positive number, got nil");
  expect_refusal(cut_off(R"("abc")", "true"), "Expected a positive number, got true");
  expect_refusal(cut_off(R"("abc")", R"("abc")"), R"(Expected a number, got "abc")");
  EXPECT_EQ(gateway_.metric("rig_blacklisted_sessions"), 0);
}

// Version 3 answered with 500.
TEST_F(SessionsApi, FractionOfASecondIsABadRequest) {
  expect_refusal(cut_off(R"("abc")", "1.5"), "Expected a whole number, got 1.5");
}

TEST_F(SessionsApi, NameIsBounded) {
  EXPECT_EQ(cut_off('"' + std::string(1024, 'x') + '"').status, 201);
  expect_refusal(cut_off('"' + std::string(1025, 'x') + '"'),
                 "Expected a string of at most 1024 bytes, got one of 1025");
}

TEST_F(SessionsApi, BodyMustBeJson) {
  for (const char* body : {"", "{", "sessionId=abc"}) EXPECT_EQ(post(body).status, 400) << body;
  const auto form = post("sessionId=abc&validityInSeconds=60", "/v3/session-blacklist",
                         "application/x-www-form-urlencoded");
  EXPECT_EQ(form.status, 415);
  EXPECT_THAT(form.body, HasSubstr("application/json"));
}

TEST_F(SessionsApi, OtherMethodsAreRefused) {
  EXPECT_EQ(ask("GET", "/v3/session-blacklist").status, 405);
  EXPECT_EQ(ask("PUT", "/v3/session-blacklist/abc").status, 405);
  EXPECT_EQ(ask("POST", "/v3/sessions").status, 405);
  EXPECT_EQ(ask("DELETE", "/v3/sessions/abc").status, 405);
}

TEST_F(SessionsApi, ClientsCannotManageSessions) {
  for (const char* path : {"/v3/sessions", "/v3/sessions/abc", "/v3/session-blacklist/abc"})
    EXPECT_EQ(fetch(gateway_.inbound(), {.target = path}).status, 404) << path;
}

TEST_F(SessionsApi, NobodyIsConnected) {
  for (const char* path :
       {"/v3/sessions", "/v3/sessions/", "/v3/sessions?limit=1&after=a", "/v3/sessions?user=ann"}) {
    const auto list = ask("GET", path);
    EXPECT_EQ(list.status, 200) << path;
    EXPECT_EQ(list.header("content-type"), "application/json; charset=utf-8");
    EXPECT_EQ(list.body, R"({"connections":[],"next":null})") << path;
  }
  EXPECT_EQ(ask("GET", "/v3/sessions/abc").status, 404);
  EXPECT_EQ(gateway_.metric("rig_sessions"), 0);
  EXPECT_EQ(gateway_.metric("rig_sessions_killed_total"), 0);
}

TEST_F(SessionsApi, LimitHasARange) {
  EXPECT_EQ(ask("GET", "/v3/sessions?limit=1000").status, 200);
  for (const char* limit : {"0", "1001", "-1", "ten"})
    EXPECT_EQ(ask("GET", std::string("/v3/sessions?limit=") + limit).status, 400) << limit;
}

TEST_F(SessionsApi, ChangesAreInTheLogOnOneLine) {
  cut_off('"' + std::string(200, 'x') + '"');
  cut_off(R"("a\nb")");
  ask("DELETE", "/v3/session-blacklist/a%0Ab");
  gateway_.stop();
  const auto log = gateway_.process().standard_output();
  const auto cut = log_lines(log, "a session is cut off");
  ASSERT_THAT(cut, SizeIs(2));
  EXPECT_EQ(json_at(cut[0], "/metadata/session"), std::string(100, 'x'));
  EXPECT_EQ(json_at(cut[0], "/metadata/validity_s"), "60");
  EXPECT_EQ(json_at(cut[1], "/metadata/session"), "a\nb");
  EXPECT_THAT(log_lines(log, "a session is let in again"), SizeIs(1));
}

class SmallBlacklist : public SessionsApi {
 protected:
  SmallBlacklist() : SessionsApi({{"RIG_BLACKLIST_MAX", "2"}}) {}
};

TEST_F(SmallBlacklist, OperatorSeesThatItIsFull) {
  EXPECT_EQ(cut_off(R"("a")").status, 201);
  EXPECT_EQ(cut_off(R"("b")").status, 201);
  const auto refused = cut_off(R"("c")");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.body, R"({"message":"The session blacklist is full (RIG_BLACKLIST_MAX)."})");
  EXPECT_EQ(refused.header("access-control-allow-origin"), "*");
  EXPECT_EQ(refused.header("location"), std::nullopt);
  EXPECT_EQ(cut_off(R"("a")", "120").status, 201);
  EXPECT_EQ(ask("GET", "/v3/session-blacklist/c").status, 404);
}

}  // namespace
}  // namespace testkit

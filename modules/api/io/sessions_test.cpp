#include "io/sessions.hpp"

#include "logic/session_messages.hpp"

#include <rig/peers/test_calls.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rig::api {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// Has a blacklist with room for two, and remembers what it was asked for.
class FakeSessions final : public sessions::Sessions {
 public:
  [[nodiscard]] bool is_blacklisted(std::string_view session) const noexcept override {
    return cut_off.contains(session);
  }
  [[nodiscard]] bool join(sessions::Member&, const sessions::SessionName&) override {
    return false;
  }
  void leave(sessions::Member&) noexcept override {}
  Task<bool> blacklist(std::string session, seconds validity) override {
    if (cut_off.size() == 2) co_return false;
    cut_off[session] = validity;
    co_return true;
  }
  Task<bool> lift(std::string session) override { co_return cut_off.erase(session) > 0; }
  Task<sessions::Page> list(std::string after, std::size_t limit) override {
    asked.push_back(after + " " + std::to_string(limit));
    co_return sessions::Page{{connection("a"), connection("b")}, "b"};
  }
  Task<std::vector<sessions::Connection>> of_session(std::string session) override {
    asked.push_back(session);
    std::vector<sessions::Connection> connections;
    if (session == "a/b") connections.push_back(connection(session));
    co_return connections;
  }
  Task<std::vector<sessions::Connection>> of_user(std::string user) override {
    asked.push_back("of " + user);
    std::vector<sessions::Connection> connections{connection("c")};
    co_return connections;
  }

  std::map<std::string, seconds, std::less<>> cut_off;
  std::vector<std::string> asked;

 private:
  static sessions::Connection connection(std::string session) {
    return {std::move(session), "ann", "ws", {}, "node", "[]"};
  }
};

template <class T>
T run(Task<T> task) {
  boost::asio::io_context context(1);
  auto result =
      boost::asio::co_spawn(context.get_executor(), std::move(task), boost::asio::use_future);
  context.run();
  return result.get();
}

transport::HttpResponse ask(transport::HttpEndpoint& endpoint, std::string method,
                            std::string target, std::string body = "") {
  transport::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.body = std::move(body);
  return run(endpoint.handle(std::move(request)));
}

std::vector<std::string> routes_of(const transport::HttpEndpoint& endpoint) {
  std::vector<std::string> routes;
  for (const auto& route : endpoint.routes()) {
    EXPECT_EQ(route.door, transport::Door::kApi);
    routes.push_back(std::string(route.method) + " " + std::string(route.path));
  }
  return routes;
}

class SessionBlacklist : public testing::Test {
 protected:
  transport::HttpResponse post(const std::string& session, const std::string& validity) {
    return ask(endpoint_, "POST", "/v3/session-blacklist",
               R"({"sessionId":")" + session + R"(","validityInSeconds":)" + validity + "}");
  }

  FakeSessions sessions_;
  SessionBlacklistEndpoint endpoint_{sessions_};
};

TEST_F(SessionBlacklist, IsManagedOnly) {
  EXPECT_THAT(routes_of(endpoint_),
              UnorderedElementsAre(
                  "POST /v3/session-blacklist", "POST /v2/session-blacklist",
                  "GET /v3/session-blacklist/{id}", "GET /v2/session-blacklist/{id}",
                  "DELETE /v3/session-blacklist/{id}", "DELETE /v2/session-blacklist/{id}"));
}

TEST_F(SessionBlacklist, SessionIsCutOffAndLetIn) {
  const auto created = post("a/b", R"("60")");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.headers.find("location"), "/v3/session-blacklist/a%2Fb");
  EXPECT_EQ(created.headers.find("access-control-allow-origin"), "*");
  EXPECT_EQ(sessions_.cut_off.at("a/b"), seconds(60));

  EXPECT_EQ(ask(endpoint_, "GET", "/v3/session-blacklist/a%2Fb").status, 200);
  EXPECT_EQ(ask(endpoint_, "HEAD", "/v2/session-blacklist/a%2Fb?x=y").status, 200);
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/session-blacklist/a").status, 404);
  EXPECT_EQ(ask(endpoint_, "DELETE", "/v3/session-blacklist/a%2Fb").status, 204);
  EXPECT_EQ(ask(endpoint_, "DELETE", "/v3/session-blacklist/a%2Fb").status, 404);
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/session-blacklist/a%2Fb").status, 404);
}

TEST_F(SessionBlacklist, IdThatCannotBeDecodedIsNotFound) {
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/session-blacklist/%zz").status, 404);
  EXPECT_EQ(ask(endpoint_, "DELETE", "/v3/session-blacklist/%zz").status, 404);
}

TEST_F(SessionBlacklist, BadRequestChangesNothing) {
  const auto refused = post("a", "1.5");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.headers.find("access-control-allow-origin"), "*");
  EXPECT_TRUE(sessions_.cut_off.empty());
}

TEST_F(SessionBlacklist, OperatorSeesThatItIsFull) {
  EXPECT_EQ(post("a", "1").status, 201);
  EXPECT_EQ(post("b", "1").status, 201);
  const auto refused = post("c", "1");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("RIG_BLACKLIST_MAX"));
  EXPECT_EQ(refused.headers.find("location"), std::nullopt);
}

class SessionList : public testing::Test {
 protected:
  FakeSessions sessions_;
  peers::TestCalls calls_;
  ClusterSessions everywhere_{sessions_, calls_};
  SessionsEndpoint endpoint_{everywhere_};
};

TEST_F(SessionList, IsManagedOnly) {
  EXPECT_THAT(routes_of(endpoint_),
              UnorderedElementsAre("GET /v3/sessions", "GET /v3/sessions/{id}"));
}

TEST_F(SessionList, PagesAreAskedFor) {
  const auto page = ask(endpoint_, "GET", "/v3/sessions");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr(R"("session":"a")"));
  EXPECT_THAT(page.body, HasSubstr(R"("next":"b"})"));
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/?limit=7&after=b%20c").status, 200);
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions?limit=0").status, 400);
  EXPECT_THAT(sessions_.asked, ElementsAre(" 100", "b c 7"));
}

TEST_F(SessionList, ConnectionsOfAUserAreOnePage) {
  const auto page = ask(endpoint_, "GET", "/v3/sessions?user=ann%40example.com");
  EXPECT_THAT(page.body, HasSubstr(R"("session":"c")"));
  EXPECT_THAT(page.body, HasSubstr(R"("next":null})"));
  EXPECT_THAT(sessions_.asked, ElementsAre("of ann@example.com"));
}

TEST_F(SessionList, SessionHasItsOwnResource) {
  const auto found = ask(endpoint_, "GET", "/v3/sessions/a%2Fb");
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, testing::StartsWith(R"({"session":"a/b","connections":[{)"));
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/b").status, 404);
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/%zz").status, 404);
  EXPECT_THAT(sessions_.asked, ElementsAre("a/b", "b"));
}

TEST_F(SessionList, OtherNodesAreAskedTheSame) {
  std::vector<SessionQuestion> asked;
  calls_.other_node = [&](peers::NodeId, std::string request) -> peers::CallResult {
    asked.push_back(*parse_session_question(request));
    const sessions::Connection theirs{"ab", "bob", "sse", {}, "other", "[]"};
    return to_text(sessions::Page{{theirs}, {}});
  };
  const auto page = ask(endpoint_, "GET", "/v3/sessions?limit=7&after=x");
  EXPECT_THAT(page.body, HasSubstr(R"("node":"other")"));
  EXPECT_LT(page.body.find(R"("session":"a")"), page.body.find(R"("session":"ab")"));
  EXPECT_LT(page.body.find(R"("session":"ab")"), page.body.find(R"("session":"b")"));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].after, "x");
  EXPECT_EQ(asked[0].limit, 7U);
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/ab").status, 200) << "it is there";
  EXPECT_EQ(asked[1].session, "ab");
  ask(endpoint_, "GET", "/v3/sessions?user=bob");
  EXPECT_EQ(asked[2].user, "bob");
}

TEST_F(SessionList, NodesThatDoNotAnswerAreNamed) {
  using peers::CallFailure;
  calls_.other_node = [](auto, auto) -> peers::CallResult { return CallFailure::kTimedOut; };
  EXPECT_THAT(ask(endpoint_, "GET", "/v3/sessions").body, HasSubstr(R"("incomplete":["other"]})"));
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/b").status, 503);
  calls_.other_node = [](auto, auto) -> peers::CallResult { return std::string("garbage"); };
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/b").status, 503);
  calls_.other_node = [](auto, auto) -> peers::CallResult { return CallFailure::kNoSuchNode; };
  EXPECT_EQ(ask(endpoint_, "GET", "/v3/sessions/b").status, 404) << "a node that is gone has none";
}

TEST_F(SessionList, OtherNodesAreAnswered) {
  everywhere_.serve();
  const auto answer = [this](const std::string& text) {
    return parse_session_page(run(calls_.take("sessions", text)));
  };
  const auto page = answer(to_text(SessionQuestion{.after = "x", .limit = 7}));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->connections.size(), 2U);
  EXPECT_EQ(page->next, "b");
  EXPECT_EQ(answer(to_text(SessionQuestion{.session = "a/b"}))->connections.size(), 1U);
  EXPECT_EQ(answer(to_text(SessionQuestion{.user = "ann"}))->connections.size(), 1U);
  EXPECT_FALSE(answer("garbage"));
  EXPECT_THAT(sessions_.asked, ElementsAre("x 7", "a/b", "of ann"));
}

}  // namespace
}  // namespace rig::api

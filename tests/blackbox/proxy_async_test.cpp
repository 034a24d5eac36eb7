// Answers that come another way: the backend says 202, and the answer is posted to the management
// port.
#include "testkit/backend.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace testkit {
namespace {

using ::testing::IsEmpty;

class ProxyAsyncTest : public ::testing::Test {
 protected:
  /// Runs in the backend, before its answer.
  void while_asked(std::function<void()> what) { while_asked_ = std::move(what); }

  /// A client asks; `then` runs when the backend has been asked, and gets the token.
  HttpReply ask(const std::string& timeout,
                const std::function<void(const std::string&)>& then = {}) {
    gateway_.emplace(
        proxying(api_definition("a", backend_.port(),
                                endpoint("e", "POST", "/slow", R"(,"response_from":"http_async")")),
                 {{"PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT", timeout}}));
    RawSocket client(gateway_->inbound());
    client.send(to_bytes({.method = "POST", .target = "/slow?a=1&correlation=mine", .body = "x"}));
    if (then) {
      EXPECT_TRUE(eventually([&] { return !backend_.requests().empty(); }));
      then(token());
    }
    return read_reply(client, "POST");
  }
  std::string token() const {
    const auto target = backend_.last().target;
    const std::string before = "/slow?a=1&correlation=";
    EXPECT_EQ(target.substr(0, before.size()), before);
    auto token = target.substr(before.size());
    for (auto at = token.find("%3D"); at != std::string::npos; at = token.find("%3D"))
      token.replace(at, 3, "=");
    return token;
  }
  HttpReply post(const std::string& token, HttpHeaders headers, std::string body) {
    headers.emplace_back("rig-correlation", token);
    return fetch(gateway_->api(), {.method = "POST",
                                   .target = "/v3/responses",
                                   .headers = std::move(headers),
                                   .body = std::move(body)});
  }

  std::atomic<int> status_ = 202;  ///< of the backend
  std::function<void()> while_asked_;
  Backend backend_{[this](const BackendRequest&) {
    if (while_asked_) while_asked_();
    return answer_bytes(status_, "of the backend", {{"content-type", "text/x-backend"}});
  }};
  std::optional<Gateway> gateway_;
};

const std::string kPatient = "60s";
const HttpHeaders kCreated{{"rig-response-code", "201"},
                           {"content-type", "text/x-answer"},
                           {"x-more", "1"},
                           {"user-agent", "a secret"}};

void expect_cors(const HttpReply& reply) {
  EXPECT_EQ(reply.header("access-control-allow-origin"), "*");
  EXPECT_EQ(reply.header("access-control-allow-methods"), "*");
  EXPECT_EQ(reply.header("access-control-allow-headers"), "content-type");
}

// Vector 8, and P17: what was posted arrives to the byte, its headers by a list.
TEST_F(ProxyAsyncTest, Vector8AnswerBeforeThe202) {
  const std::string body("[1e3,\0\xff]", 8);
  while_asked([this, &body] {
    const auto posted = post(token(), kCreated, body);
    EXPECT_EQ(posted.status, 202);
    EXPECT_EQ(posted.body, "message sent to correlated reverse proxy request");
  });
  const auto reply = ask(kPatient);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, body);
  EXPECT_EQ(reply.header("content-type"), "text/x-answer");
  EXPECT_EQ(reply.header("x-more"), "1");
  EXPECT_THAT(reply.all("user-agent"), IsEmpty());
  EXPECT_THAT(reply.all("rig-correlation"), IsEmpty());
  expect_cors(reply);
}

TEST_F(ProxyAsyncTest, AnswerBehindThe202) {
  const auto reply = ask(kPatient, [this](const std::string& token) {
    EXPECT_EQ(post(token, kCreated, "later").status, 202);
  });
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "later");
}

TEST_F(ProxyAsyncTest, Vector9OtherStatusesAreRelayed) {
  for (const int status : {200, 400}) {
    status_ = status;
    while_asked([this] { EXPECT_EQ(post(token(), kCreated, "dropped").status, 202); });
    const auto reply = ask(kPatient);
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.body, "of the backend");
    EXPECT_EQ(reply.header("content-type"), "text/x-backend");
  }
}

TEST_F(ProxyAsyncTest, Vector10CodeThatIsNoNumber) {
  const auto reply = ask("500ms", [this](const std::string& token) {
    const auto posted = post(token, {{"rig-response-code", "abc201"}}, "x");
    EXPECT_EQ(posted.status, 400);
    EXPECT_EQ(posted.body, "Failed to parse request body: {:error, {:not_an_integer, \"abc201\"}}");
  });
  EXPECT_EQ(reply.status, 504);
}

TEST_F(ProxyAsyncTest, Vector11NothingIsPosted) {
  const auto reply = ask("300ms");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, "");
  expect_cors(reply);
}

TEST_F(ProxyAsyncTest, QuirkP9CodesAreChecked) {
  const auto reply = ask(kPatient, [this](const std::string& token) {
    for (const auto* code : {"99", "199", "600", "-5", "99999", ""})
      EXPECT_EQ(post(token, {{"rig-response-code", code}}, "x").status, 400) << code;
    EXPECT_EQ(post(token, {{"rig-response-code", "204"}}, "a body too many").status, 202);
  });
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
}

// The first one counts; for a token that nobody waits for any more, the sender is told.
TEST_F(ProxyAsyncTest, QuirkP17OnlyTheFirstAnswerCounts) {
  std::string used;
  const auto reply = ask(kPatient, [&](const std::string& token) {
    used = token;
    EXPECT_EQ(post(token, kCreated, "first").status, 202);
    EXPECT_EQ(post(token, kCreated, "second").status, 410);
  });
  EXPECT_EQ(reply.body, "first");
  EXPECT_EQ(post(used, kCreated, "third").status, 410);
  EXPECT_EQ(post("no token", kCreated, "x").status, 400);
  EXPECT_EQ(fetch(gateway_->api(), {.method = "POST", .target = "/v3/responses"}).status, 400);
}

// The body of the request was read, so the connection is good for the next one.
TEST_F(ProxyAsyncTest, ConnectionGoesOnBehindAnAnswer) {
  while_asked([this] { EXPECT_EQ(post(token(), kCreated, "answer").status, 202); });
  gateway_.emplace(proxying(api_definition(
      "a", backend_.port(), endpoint("e", "POST", "/slow", R"(,"response_from":"http_async")"))));
  HttpClient client(gateway_->inbound());
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.request({.method = "POST", .target = "/slow?a=1", .body = "x"});
    EXPECT_EQ(reply.body, "answer");
    EXPECT_FALSE(reply.header("connection"));
  }
}

// Nobody waits for the answer of a client that has gone.
TEST_F(ProxyAsyncTest, ClientLeavesWhileItWaits) {
  gateway_.emplace(
      proxying(api_definition("a", backend_.port(),
                              endpoint("e", "POST", "/slow", R"(,"response_from":"http_async")")),
               {{"PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT", kPatient}}));
  const auto clients = [this] {
    return gateway_->metric("rig_connections", {{"transport", "http"}});
  };
  RawSocket client(gateway_->inbound());
  client.send(to_bytes({.method = "POST", .target = "/slow?a=1", .body = "x"}));
  EXPECT_TRUE(eventually([&] { return !backend_.requests().empty() && clients() == 2; }));
  client.close();
  EXPECT_TRUE(eventually([&] { return clients() == 1; }));  // who asks for it
  EXPECT_EQ(post(token(), kCreated, "too late").status, 410);
}

TEST_F(ProxyAsyncTest, AnswerAsEvent) {
  const auto reply = ask(kPatient, [this](const std::string& token) {
    EXPECT_EQ(fetch(gateway_->api(),
                    {.method = "POST",
                     .target = "/v2/responses",
                     .headers = {{"content-type", "application/json"}},
                     .body = R"({"specversion":"0.2","rig":{"correlation":")" + token + "\"}}"})
                  .status,
              202);
  });
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, ::testing::HasSubstr("specversion"));
}

}  // namespace
}  // namespace testkit

#include "io/access_service.hpp"

#include <rig/core/shard.hpp>
#include <rig/metrics/test_registry.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rig::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const RequiredClaims kNone;

/// Knows some tokens by their text.
class FakeTokens final : public jwt::Tokens {
 public:
  void add(const std::string& token, std::string_view claims, int expires_at = 0) {
    jwt::Token parsed{boost::json::parse(claims).as_object(), {}};
    if (expires_at > 0)
      parsed.expires_at = std::chrono::system_clock::time_point(std::chrono::seconds(expires_at));
    tokens_[token] = std::make_shared<const jwt::Token>(std::move(parsed));
  }

  [[nodiscard]] bool has_keys() const noexcept override { return !tokens_.empty(); }
  bool is_overloaded = false;

  Task<boost::system::result<jwt::TokenRef, jwt::Refusal>> verify(std::string token) override {
    if (is_overloaded) co_return jwt::Refusal::kOverloaded;
    const auto found = tokens_.find(token);
    if (found == tokens_.end()) co_return jwt::Refusal::kSignature;
    co_return found->second;
  }

 private:
  std::map<std::string, jwt::TokenRef> tokens_;
};

class FakeSessions final : public sessions::Sessions {
 public:
  std::set<std::string, std::less<>> blacklisted;

  [[nodiscard]] bool is_blacklisted(std::string_view session) const noexcept override {
    return blacklisted.contains(session);
  }
  [[nodiscard]] bool join(sessions::Member&, const sessions::SessionName&) override { return true; }
  void leave(sessions::Member&) noexcept override {}
  Task<sessions::BlacklistChange> blacklist(std::string, std::chrono::seconds) override {
    co_return sessions::BlacklistChange::kDone;
  }
  Task<sessions::BlacklistChange> lift(std::string) override {
    co_return sessions::BlacklistChange::kRefused;
  }
  Task<sessions::Page> list(std::string, std::size_t) override { co_return sessions::Page{}; }
  Task<std::vector<sessions::Connection>> of_session(std::string) override {
    co_return std::vector<sessions::Connection>{};
  }
  Task<std::vector<sessions::Connection>> of_user(std::string) override {
    co_return std::vector<sessions::Connection>{};
  }
};

/// A service that answers with one status, or not at all.
class FakeService final : public http_client::HttpClient {
 public:
  int status = 200;
  bool is_broken = false;
  std::vector<http_client::Request> requests;

  Task<boost::system::result<http_client::Response, http_client::Failure>> send(
      http_client::Request request, http_client::Options) override {
    requests.push_back(std::move(request));
    if (is_broken) throw std::runtime_error("no memory");
    if (status == 0)
      co_return http_client::Failure{http_client::Failure::Reason::kTimeout, "too slow"};
    co_return http_client::Response{.status = status, .headers = {}, .body = "ignored"};
  }
};

class AccessServiceTest : public testing::Test {
 protected:
  AccessServiceTest() {
    tokens_.add("alice", R"({"jti":"s1","sub":"alice","role":["admin"]})", 2000);
    tokens_.add("bob", R"({"jti":"s2","role":"user"})", 1000);
    tokens_.add("odd", R"({"jti":5})");
  }
  ~AccessServiceTest() override {
    if (service_) on_shard_zero(service_->stop());
    shards_.finish();
  }

  AccessService& service() {
    if (!service_) {
      service_.emplace(std::move(config_), shards_,
                       AccessService::Ports{tokens_, sessions_, http_, registry_});
      shards_.start();
      on_shard_zero(service_->start());
    }
    return *service_;
  }
  /// The answer of `question(service)`, asked on the shard.
  template <class Question>
  auto ask(Question question) {
    return on_shard_zero(put(service(), std::move(question)));
  }
  static Credentials bearer(std::string tokens) { return {{std::move(tokens)}, {}}; }
  static std::string reason_of(const Access::Answer& answer) {
    return answer ? "" : answer.error().reason;
  }

  template <class T>
  T on_shard_zero(Task<T> task) {
    return boost::asio::co_spawn(shards_.executor(0), std::move(task), boost::asio::use_future)
        .get();
  }
  template <class Question>
  static auto put(Ref<AccessService> service, Question question) -> decltype(question(*service)) {
    co_return co_await question(*service);
  }

  Shards shards_{1, 100};
  metrics::TestRegistry registry_{1};
  FakeTokens tokens_;
  FakeSessions sessions_;
  FakeService http_;
  AccessConfig config_;
  std::optional<AccessService> service_;
};

TEST_F(AccessServiceTest, AClientIsWhoItsTokensSay) {
  const auto answer = ask([&](AccessService& s) { return s.identify({{"Bearer bob"}, "alice"}); });
  ASSERT_TRUE(answer);
  EXPECT_THAT((*answer)->tokens, SizeIs(2));
  EXPECT_THAT((*answer)->sessions,
              ElementsAre(sessions::SessionName{"s1", "alice"}, sessions::SessionName{"s2", ""}));
  EXPECT_EQ((*answer)->expires_at->time_since_epoch(), std::chrono::seconds(1000));
}

TEST_F(AccessServiceTest, WithoutATokenItIsNobody) {
  EXPECT_EQ(*ask([&](AccessService& s) { return s.identify({{"Basic YTpi"}, {}}); }), nullptr);
}

TEST_F(AccessServiceTest, EachTokenThatIsShownMustBeGood) {
  EXPECT_EQ(reason_of(ask(
                [&](AccessService& s) { return s.identify(bearer("Bearer alice, Bearer eve")); })),
            "token_signature");
  EXPECT_EQ(registry_.value("rig_access_denied_total,action=identify,reason=token_signature"), 1);
}

TEST_F(AccessServiceTest, ASessionThatIsNoTextIsNone) {
  EXPECT_THAT((*ask([&](AccessService& s) { return s.identify({{}, "odd"}); }))->sessions,
              IsEmpty());
}

TEST_F(AccessServiceTest, OfAnEndedSessionNobodyComesIn) {
  sessions_.blacklisted.insert("s2");
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.identify({{}, "bob"}); })),
            "session_blacklisted");
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.authenticate({"bob"}, kNone); })),
            "session_blacklisted");
  EXPECT_TRUE(ask([&](AccessService& s) { return s.authenticate({"bob", "alice"}, kNone); }));
}

TEST_F(AccessServiceTest, TheFieldOfTheSettingsNamesTheSession) {
  config_.session_field = "/sub";
  sessions_.blacklisted.insert("alice");
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.identify({{}, "alice"}); })),
            "session_blacklisted");
  EXPECT_TRUE(ask([&](AccessService& s) { return s.identify({{}, "bob"}); }));
}

TEST_F(AccessServiceTest, OneGoodTokenDoesForARequest) {
  EXPECT_TRUE(ask([&](AccessService& s) { return s.authenticate({"eve", "alice"}, kNone); }));
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.authenticate({"eve"}, kNone); })),
            "token_signature");
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.authenticate({}, kNone); })),
            "token_missing");
}

TEST_F(AccessServiceTest, ATokenMustHaveAllClaimsThatAreRequired) {
  tokens_.add("ops", R"({"sub":"ops","role":["ops","dev"],"scope":"read write"})");
  tokens_.add("dev", R"({"sub":"dev","role":"dev"})");
  const RequiredClaims required{{"/role", {"ops", "root"}, "role"}, {"/scope", {"write"}, "scope"}};
  const auto with = [&](std::vector<std::string> tokens) {
    return ask([&](AccessService& s) { return s.authenticate(tokens, required); });
  };
  const auto admitted = with({"eve", "dev", "ops"});
  ASSERT_TRUE(admitted);
  EXPECT_EQ((*admitted)->tokens.front()->claims.at("sub"), "ops");
  EXPECT_EQ(reason_of(with({"dev"})), "claim_missing");
  EXPECT_EQ(with({"dev"}).error().status, 403);
  EXPECT_THAT(with({"dev"}).error().message, testing::HasSubstr("claim role."));
  EXPECT_EQ(reason_of(with({"eve"})), "token_signature");
}

TEST_F(AccessServiceTest, ManyTokensAreRefusedUnseen) {
  EXPECT_EQ(reason_of(ask([&](AccessService& s) {
              return s.authenticate(std::vector<std::string>(9, "alice"), kNone);
            })),
            "too_many_tokens");
}

TEST_F(AccessServiceTest, ACheckByTokenWantsOne) {
  config_.subscriptions.check = config_.submissions.check = Access::Check::kToken;
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.may_subscribe({}, {}); })),
            "token_missing");
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.may_submit({}, {}); })),
            "token_missing");
  EXPECT_TRUE(ask([&](AccessService& s) { return s.may_subscribe({{}, "alice"}, {}); }));
  EXPECT_TRUE(ask([&](AccessService& s) { return s.may_submit(bearer("bearer alice"), {}); }));
  EXPECT_EQ(
      ask([&](AccessService& s) { return s.may_submit(bearer("Bearer eve"), {}); }).error().status,
      401);
  EXPECT_THAT(http_.requests, IsEmpty());
}

TEST_F(AccessServiceTest, WithoutACheckAnyoneMayButNoBadTokenPasses) {
  EXPECT_EQ(*ask([&](AccessService& s) { return s.may_subscribe({}, {}); }), nullptr);
  EXPECT_EQ(reason_of(ask([&](AccessService& s) { return s.may_subscribe({{}, "eve"}, {}); })),
            "token_signature");
}

class ServiceDecides : public AccessServiceTest {
 protected:
  ServiceDecides() {
    config_.subscriptions = {Access::Check::kService, "https://auth.example/check"};
  }
  Access::Answer decide(Credentials credentials = {}, std::string body = "{}") {
    return ask([&](AccessService& s) {
      return s.may_subscribe(std::move(credentials), {"application/json", body});
    });
  }
};

TEST_F(ServiceDecides, ByTheRequestsOwnWords) {
  EXPECT_TRUE(decide({{"Bearer x", "Basic y"}, "z"}, "{1}"));
  ASSERT_THAT(http_.requests, SizeIs(1));
  const auto& request = http_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://auth.example/check");
  EXPECT_EQ(request.body, "{1}");
  EXPECT_THAT(request.headers,
              ElementsAre(std::pair("content-type", "application/json"),
                          std::pair("authorization", "Bearer z, Bearer x, Basic y")));
}

TEST_F(ServiceDecides, AndPassesOnWhatItSays) {
  for (const int status : {200, 204, 299}) {
    http_.status = status;
    EXPECT_TRUE(decide()) << status;
  }
  for (const int status : {401, 403}) {
    http_.status = status;
    EXPECT_EQ(decide().error().status, status);
  }
}

TEST_F(ServiceDecides, DownSlowOrOddIsNo) {
  for (const int status : {0, 500, 302, 404}) {
    http_.status = status;
    EXPECT_EQ(decide().error().status, 503) << status;
  }
}

TEST_F(ServiceDecides, OfATokenThatIsUnknownHereToo) {
  const auto known = decide(bearer("Bearer alice"));
  EXPECT_THAT((*known)->tokens, SizeIs(1));
  EXPECT_EQ(*decide(bearer("Bearer eve")), nullptr);
}

TEST_F(ServiceDecides, ButNotOfASessionThatWasEndedHere) {
  sessions_.blacklisted.insert("s1");
  EXPECT_EQ(reason_of(decide(bearer("Bearer alice"))), "session_blacklisted");
  EXPECT_THAT(http_.requests, IsEmpty());
}

TEST_F(ServiceDecides, ButNotBehindOtherTokens) {
  sessions_.blacklisted.insert("s1");
  for (const auto* tokens : {"Bearer eve, Bearer alice", "Bearer bob, Bearer alice"})
    EXPECT_EQ(reason_of(decide(bearer(tokens))), "session_blacklisted") << tokens;
  std::string many = "Bearer alice";
  for (int i = 0; i < 8; ++i) many += ", Bearer eve";
  EXPECT_EQ(reason_of(decide(bearer(many))), "too_many_tokens");
  EXPECT_THAT(http_.requests, IsEmpty());
}

TEST_F(ServiceDecides, ButNotOfATokenThatNobodyHadTimeToLookAt) {
  tokens_.is_overloaded = true;
  EXPECT_EQ(reason_of(decide(bearer("Bearer alice"))), "token_overloaded");
  EXPECT_THAT(http_.requests, IsEmpty());
}

TEST_F(ServiceDecides, AlsoAfterAnAttemptThatEndedInTheMiddle) {
  config_.service.circuit = {.failures_max = 1, .pause = std::chrono::milliseconds(0)};
  http_.status = 0;
  EXPECT_EQ(decide().error().status, 503);
  http_.is_broken = true;
  EXPECT_THROW(decide(), std::runtime_error);
  http_.is_broken = false;
  http_.status = 200;
  EXPECT_TRUE(decide());
}

TEST_F(ServiceDecides, AndIsLeftInPeaceWhenItIsDead) {
  http_.status = 0;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(decide().error().status, 503);
  EXPECT_THAT(http_.requests, SizeIs(config_.service.circuit.failures_max));
}

TEST_F(ServiceDecides, EveryTimeAnewUnlessTheSettingsSayOtherwise) {
  EXPECT_TRUE(decide());
  EXPECT_TRUE(decide());
  EXPECT_THAT(http_.requests, SizeIs(2));
}

TEST_F(ServiceDecides, AnswersCanBeRemembered) {
  config_.service.cache_for = std::chrono::hours(1);
  EXPECT_TRUE(decide(bearer("Bearer x")));
  EXPECT_TRUE(decide(bearer("Bearer x")));
  EXPECT_THAT(http_.requests, SizeIs(1));
  http_.status = 403;
  EXPECT_TRUE(decide(bearer("Bearer x")));
  EXPECT_FALSE(decide(bearer("Bearer y")));
  EXPECT_FALSE(decide(bearer("Bearer x"), "{other}"));
  http_.status = 0;
  EXPECT_EQ(decide(bearer("Bearer y")).error().status, 403);
  EXPECT_EQ(decide(bearer("Bearer z")).error().status, 503);
}

class Managing : public AccessServiceTest {
 protected:
  int status_of(Credentials credentials) {
    const auto answer = ask([&](AccessService& s) { return s.may_manage(std::move(credentials)); });
    return answer ? 200 : answer.error().status;
  }
};

TEST_F(Managing, IsOpenWithoutACredential) {
  EXPECT_TRUE(service().managing_is_open());
  EXPECT_EQ(status_of({}), 200);
}

TEST_F(Managing, ByTheTokenOfTheSettings) {
  config_.management.token = Secret("let me in");
  EXPECT_EQ(status_of(bearer("Bearer let me in")), 200);
  EXPECT_EQ(status_of({}), 401);
  for (const auto* value : {"Bearer let me", "Bearer let me in!", "let me in", "Bearer alice", ""})
    EXPECT_EQ(status_of(bearer(value)), 401) << value;
  EXPECT_EQ(status_of({{}, "let me in"}), 401);
}

TEST_F(Managing, ByAClaim) {
  config_.management.claim = RequiredClaim{"/role", {"admin"}, "/role"};
  EXPECT_EQ(status_of(bearer("Bearer alice")), 200);
  EXPECT_EQ(status_of(bearer("Bearer bob")), 403);
  EXPECT_EQ(status_of(bearer("Bearer eve")), 401);
  EXPECT_EQ(status_of({{}, "alice"}), 401);
}

}  // namespace
}  // namespace rig::access

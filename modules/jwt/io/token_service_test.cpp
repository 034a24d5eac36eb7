#include "io/token_service.hpp"

#include "logic/testing/signers.hpp"

#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/core/task_group.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/metrics/test_registry.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// On real shards and with real threads; the issuer of keys is a fake.

namespace rig::jwt {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// An HTTP client that asks nobody: it has the answer of the issuer that a test wants. Any thread.
class FakeIssuer final : public http_client::HttpClient {
 public:
  using Answer = boost::system::result<http_client::Response, http_client::Failure>;

  void publish(std::string body, std::string cache_control = {}) {
    answer_with(
        http_client::Response{200, {{"cache-control", std::move(cache_control)}}, std::move(body)});
  }
  void answer_with(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  /// While it is held, nobody gets an answer.
  void hold(bool is_held) {
    const std::lock_guard lock(mutex_);
    is_held_ = is_held;
  }
  /// The next answer is an exception.
  void break_once() { is_broken_ = true; }
  std::size_t requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  http_client::Request last_request() {
    const std::lock_guard lock(mutex_);
    return last_request_;
  }

  Task<Answer> send(http_client::Request request, http_client::Options /*options*/) override {
    note(std::move(request));
    using Clock = std::chrono::steady_clock;
    boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor> poll(
        co_await boost::asio::this_coro::executor);
    do {
      poll.expires_after(std::chrono::milliseconds(1));
      co_await poll.async_wait(kUseTask);
    } while (held());
    if (is_broken_.exchange(false)) throw std::runtime_error("no memory");
    co_return answer();
  }

 private:
  void note(http_client::Request request) {
    const std::lock_guard lock(mutex_);
    ++requests_;
    last_request_ = std::move(request);
  }
  bool held() {
    const std::lock_guard lock(mutex_);
    return is_held_;
  }
  Answer answer() {
    const std::lock_guard lock(mutex_);
    return answer_;
  }

  std::mutex mutex_;
  Answer answer_ = http_client::Failure{http_client::Failure::Reason::kUnreachable, "refused"};
  bool is_held_ = false;
  std::atomic<bool> is_broken_ = false;
  std::size_t requests_ = 0;
  http_client::Request last_request_;
};

constexpr std::string_view kClaims = R"({"exp":4102444800,"sub":"alice"})";

std::string set_of(std::initializer_list<std::string> keys) {
  std::string text;
  for (const auto& key : keys) text.append(text.empty() ? "" : ",").append(key);
  return R"({"keys":[)" + text + "]}";
}

std::string named(const std::string& kid) { return R"("kid":")" + kid + '"'; }

class TokenServiceTest : public testing::Test {
 public:
  ~TokenServiceTest() override {
    stop();
    shards_.finish();
  }

 protected:
  static constexpr std::size_t kShards = 3;
  using Refused = std::optional<Refusal>;
  static constexpr std::nullopt_t kValid = std::nullopt;

  TokenServiceTest() { shards_.start(); }

  void start(JwtConfig config) {
    service_ = std::make_unique<TokenService>(std::move(config), shards_, registry_, issuer_);
    run(service_->start());
  }
  void start_with_url() {
    config_.jwks.url = "https://issuer.example/jwks";
    start(config_);
  }
  void stop() {
    if (service_) run(service_->stop());
  }
  void run(Task<> task) {
    boost::asio::co_spawn(shards_.executor(0), std::move(task), boost::asio::use_future).get();
  }

  std::future<Verdict> begin(ShardId shard, std::string token) {
    return boost::asio::co_spawn(shards_.executor(shard), service_->verify(std::move(token)),
                                 boost::asio::use_future);
  }
  Verdict verdict(std::string token, ShardId shard = 1) {
    return begin(shard, std::move(token)).get();
  }
  Refused refusal(std::string token, ShardId shard = 1) {
    return refusal_of(verdict(std::move(token), shard));
  }
  /// The answer of `ask()`, run on that shard.
  template <class Ask>
  auto on(ShardId shard, Ask ask) {
    std::packaged_task<decltype(ask())()> task(std::move(ask));
    auto answer = task.get_future();
    shards_.post(shard, std::move(task));
    return answer.get();
  }
  /// More than a thread can check before anybody notices.
  static constexpr std::ptrdiff_t kMany = 400;
  static std::vector<std::string> different_tokens(const Signer& signer, std::ptrdiff_t count) {
    std::vector<std::string> tokens;
    for (std::ptrdiff_t i = 0; i < count; ++i)
      tokens.push_back(signer.token(R"({"exp":4102444800,"i":)" + std::to_string(i) + "}"));
    return tokens;
  }
  static Task<> forget(Task<Verdict> task) { co_await std::move(task); }
  static Refused refusal_of(const Verdict& verdict) {
    return verdict ? std::nullopt : std::optional(verdict.error());
  }

  /// What each of the tokens comes to when a shard is asked for all of them in one turn.
  std::vector<Refused> all_at_once(ShardId shard, const std::vector<std::string>& tokens) {
    std::vector<std::future<Verdict>> asked;
    std::promise<void> done;
    shards_.post(shard, [&] {
      for (const auto& token : tokens) asked.push_back(begin(shard, token));
      done.set_value();
    });
    done.get_future().get();
    std::vector<Refused> refusals;
    refusals.reserve(asked.size());
    for (auto& future : asked) refusals.push_back(refusal_of(future.get()));
    return refusals;
  }

  template <class Holds>
  static bool eventually(Holds holds) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(30);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  double verifications(const std::string& result) {
    return registry_.value("rig_jwt_verifications_total,result=" + result);
  }
  double refreshes(const std::string& result) {
    return registry_.value("rig_jwt_key_refreshes_total,result=" + result);
  }

  const Signer& a_ = signer_of(Algorithm::kEs256);
  const Signer& b_ = signer_of(Algorithm::kRs256);
  JwtConfig config_ = [] {
    JwtConfig config;
    config.threads = 1;
    config.jwks.refresh_interval_min = milliseconds(0);
    config.jwks.timeout = seconds(30);
    return config;
  }();
  FakeIssuer issuer_;
  metrics::TestRegistry registry_{kShards};
  Shards shards_{kShards, 1000};
  std::unique_ptr<TokenService> service_;
};

TEST_F(TokenServiceTest, WithoutKeysNoTokenIsValid) {
  start(config_);
  EXPECT_FALSE(service_->has_keys());
  EXPECT_EQ(refusal(a_.token(kClaims)), Refusal::kNoKeys);
  EXPECT_EQ(verifications("no_keys"), 1);
}

TEST_F(TokenServiceTest, EveryAlgorithmIsCheckedOnEveryShard) {
  for (const Algorithm algorithm : all_algorithms())
    config_.keys.push_back(key_of(signer_of(algorithm)));
  start(config_);
  EXPECT_TRUE(service_->has_keys());
  for (const Algorithm algorithm : all_algorithms()) {
    const std::string token = signer_of(algorithm).token(kClaims);
    for (ShardId shard = 0; shard < kShards; ++shard) {
      const auto valid = verdict(token, shard);
      ASSERT_TRUE(valid.has_value()) << name_of(algorithm);
      EXPECT_EQ((*valid)->claims.at("sub").as_string(), "alice");
      std::string forged = token;
      forged[forged.size() - 6] = forged[forged.size() - 6] == 'A' ? 'B' : 'A';
      EXPECT_EQ(refusal(forged, shard), Refusal::kSignature);
    }
  }
  EXPECT_EQ(verifications("valid"), 3 * 13);
  EXPECT_EQ(verifications("signature"), 3 * 13);
  EXPECT_EQ(registry_.value("rig_jwt_waiting"), 0);
}

TEST_F(TokenServiceTest, AValidTokenIsCheckedOncePerShard) {
  config_.keys = {key_of(a_)};
  start(config_);
  const std::string token = a_.token(kClaims);
  const auto first = verdict(token);
  const auto second = verdict(token);
  EXPECT_EQ(*first, *second);  // the same object
  EXPECT_EQ(registry_.value("rig_jwt_cache_hits_total"), 1);
  EXPECT_NE(*verdict(token, 2), *first);
}

TEST_F(TokenServiceTest, RefusedTokensAreNotRemembered) {
  config_.keys = {key_of(a_)};
  start(config_);
  const std::string token = a_.token(R"({"exp":1})");
  EXPECT_EQ(refusal(token), Refusal::kExpired);
  EXPECT_EQ(refusal(token), Refusal::kExpired);
  EXPECT_EQ(registry_.value("rig_jwt_cache_hits_total"), 0);
}

TEST_F(TokenServiceTest, RulesAndLimitsAreThoseOfTheSettings) {
  config_.keys = {key_of(a_)};
  config_.rules.issuer = "me";
  config_.token_bytes_max = 400;
  start(config_);
  EXPECT_EQ(refusal(a_.token(kClaims)), Refusal::kIssuer);
  EXPECT_EQ(refusal(a_.token(R"({"exp":4102444800,"iss":"me"})")), kValid);
  EXPECT_EQ(
      refusal(a_.token(R"({"exp":4102444800,"iss":"me","x":")" + std::string(300, 'x') + "\"}")),
      Refusal::kMalformed);
  EXPECT_EQ(refusal(""), Refusal::kMalformed);
}

TEST_F(TokenServiceTest, TheSameTokenAtTheSameTimeIsOneCheck) {
  config_.keys = {key_of(signer_of(Algorithm::kEs512))};
  config_.queue_max = 1;  // so a second check would be refused
  config_.cache_tokens_max = 0;
  start(config_);
  const std::vector<std::string> tokens(100, signer_of(Algorithm::kEs512).token(kClaims));
  EXPECT_THAT(all_at_once(1, tokens), testing::Each(testing::Eq(kValid)));
}

TEST_F(TokenServiceTest, WhenTooManyWaitOthersAreRefused) {
  const auto& slow = signer_of(Algorithm::kEs512);
  config_.keys = {key_of(slow)};
  config_.queue_max = 3;
  start(config_);
  const auto tokens = different_tokens(slow, kMany);
  const auto refusals = all_at_once(1, tokens);
  const auto valid = std::ranges::count(refusals, Refused(kValid));
  EXPECT_GE(valid, 3);
  EXPECT_EQ(std::ranges::count(refusals, Refused(Refusal::kOverloaded)), kMany - valid);
  EXPECT_GT(verifications("overloaded"), 0);
  EXPECT_EQ(refusal(tokens.back()), kValid);
  EXPECT_EQ(registry_.value("rig_jwt_waiting"), 0);
}

TEST_F(TokenServiceTest, ACheckThatTakesTooLongIsGivenUp) {
  const auto& slow = signer_of(Algorithm::kEs512);
  config_.keys = {key_of(slow)};
  config_.jwks.timeout = milliseconds(1);
  start(config_);
  const auto tokens = different_tokens(slow, kMany);
  const auto refusals = all_at_once(2, tokens);
  const auto given_up = std::ranges::count(refusals, Refused(Refusal::kOverloaded));
  EXPECT_GT(given_up, 0);
  EXPECT_EQ(std::ranges::count(refusals, Refused(kValid)), kMany - given_up);
  EXPECT_EQ(registry_.value("rig_jwt_waiting"), 0);
  stop();  // with what is still in the queue
  stop();
}

TEST_F(TokenServiceTest, KeysAreFetchedAtTheStart) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  EXPECT_TRUE(service_->has_keys());
  EXPECT_EQ(issuer_.requests(), 1U);
  EXPECT_EQ(issuer_.last_request().method, "GET");
  EXPECT_EQ(issuer_.last_request().url, "https://issuer.example/jwks");
  for (ShardId shard = 0; shard < kShards; ++shard)
    EXPECT_EQ(refusal(a_.token(kClaims, named("a")), shard), kValid);
  EXPECT_EQ(issuer_.requests(), 1U);
  EXPECT_EQ(refreshes("changed"), 1);
  EXPECT_EQ(registry_.value("rig_jwt_keys"), 1);
}

TEST_F(TokenServiceTest, KeysOfTheSettingsAndOfTheUrlCount) {
  const auto& hmac = signer_of(Algorithm::kHs256);
  config_.keys = {key_of(hmac)};
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  EXPECT_EQ(refusal(hmac.token(kClaims)), kValid);
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
  EXPECT_EQ(refusal(a_.token(kClaims)), kValid);
}

TEST_F(TokenServiceTest, SecretsOfTheUrlAreNotTaken) {
  const auto& hmac = signer_of(Algorithm::kHs256);
  issuer_.publish(set_of({hmac.jwk(named("h")), a_.jwk(named("a"))}));
  start_with_url();
  EXPECT_EQ(refusal(hmac.token(kClaims, named("h"))), Refusal::kUnknownKey);
  EXPECT_EQ(refusal(hmac.token(kClaims)), Refusal::kAlgorithm);
}

TEST_F(TokenServiceTest, AnUnknownKidFetchesTheKeysAndTheTokenWaits) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  issuer_.publish(set_of({a_.jwk(named("a")), b_.jwk(named("b"))}));
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), kValid);
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
  EXPECT_EQ(issuer_.requests(), 2U);
}

TEST_F(TokenServiceTest, ManyUnknownKidsAreOneFetch) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  config_.jwks.refresh_interval_min = hours(1);
  start_with_url();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(refusal(b_.token(kClaims, named("b" + std::to_string(i)))), Refusal::kUnknownKey);
  EXPECT_EQ(issuer_.requests(), 1U);
}

TEST_F(TokenServiceTest, ABadSignatureFetchesNothing) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  EXPECT_EQ(refusal(Signer::make(Algorithm::kEs256).token(kClaims, named("a"))),
            Refusal::kSignature);
  EXPECT_EQ(refusal(b_.token(kClaims, named("a"))), Refusal::kAlgorithm);
  EXPECT_EQ(refusal("rubbish"), Refusal::kMalformed);
  EXPECT_EQ(issuer_.requests(), 1U);
}

TEST_F(TokenServiceTest, TokensOfAKeyThatIsGoneAreRefusedAlthoughTheyWereValid) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  const std::string token = a_.token(kClaims, named("a"));
  EXPECT_EQ(refusal(token), kValid);
  issuer_.publish(set_of({b_.jwk(named("b"))}));
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), kValid);
  EXPECT_EQ(refusal(token), Refusal::kUnknownKey);
  EXPECT_EQ(registry_.value("rig_jwt_keys"), 1);
}

TEST_F(TokenServiceTest, TheSameKeysAgainLeaveTheCacheAsItIs) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  const std::string token = a_.token(kClaims, named("a"));
  EXPECT_EQ(refusal(token), kValid);
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), Refusal::kUnknownKey);
  EXPECT_EQ(refreshes("unchanged"), 1);
  EXPECT_EQ(refusal(token), kValid);
  EXPECT_EQ(registry_.value("rig_jwt_cache_hits_total"), 1);
}

TEST_F(TokenServiceTest, OldKeysAreKeptWhileTheServerIsDownOrAnswersNonsense) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  const std::vector<FakeIssuer::Answer> answers{
      http_client::Failure{http_client::Failure::Reason::kTimeout, "timeout"},
      http_client::Failure{http_client::Failure::Reason::kTooLarge, "more than 262144 bytes"},
      http_client::Response{301, {{"location", "https://evil.example/"}}, ""},
      http_client::Response{500, {}, set_of({b_.jwk(named("b"))})},
      http_client::Response{200, {}, "<html>"},
      http_client::Response{200, {}, R"({"keys":[]})"},
      http_client::Response{200, {}, set_of({R"({"kty":"RSA"})"})}};
  for (const auto& answer : answers) {
    issuer_.answer_with(answer);
    EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), Refusal::kUnknownKey);
    EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
  }
  EXPECT_EQ(issuer_.requests(), 1 + answers.size());
  EXPECT_EQ(refreshes("unreachable"), 1);
  EXPECT_EQ(refreshes("bad_answer"), 6);
}

TEST_F(TokenServiceTest, StartsWithoutTheServerAndGetsTheKeysLater) {
  start_with_url();
  EXPECT_TRUE(service_->has_keys());
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), Refusal::kNoKeys);
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
}

TEST_F(TokenServiceTest, KeysAreFetchedAgainAfterAnUnexpectedError) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  issuer_.break_once();
  start_with_url();
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
}

TEST_F(TokenServiceTest, KeysAreFetchedAgainWithoutBeingAskedFor) {
  config_.jwks.refresh_interval = seconds(1);
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  issuer_.publish(set_of({b_.jwk(named("b"))}), "max-age=86400");
  EXPECT_TRUE(eventually([&] { return refreshes("changed") == 2; }));
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), kValid);
  EXPECT_EQ(issuer_.requests(), 2U);
}

TEST_F(TokenServiceTest, ManyWaitForOneFetch) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  issuer_.hold(true);
  issuer_.publish(set_of({b_.jwk(named("b"))}));
  std::vector<std::future<Verdict>> asked;
  for (std::size_t i = 0; i < 30; ++i)
    asked.push_back(begin(static_cast<ShardId>(i % kShards), b_.token(kClaims, named("b"))));
  EXPECT_TRUE(eventually([&] { return issuer_.requests() == 2; }));
  // Whom the keys that are there can check, is not held up.
  EXPECT_EQ(refusal(a_.token(kClaims, named("a"))), kValid);
  issuer_.hold(false);
  for (auto& future : asked) EXPECT_EQ(refusal_of(future.get()), kValid);
  EXPECT_LE(issuer_.requests(), 3U);
}

TEST_F(TokenServiceTest, WaitingForKeysIsBounded) {
  config_.jwks.timeout = milliseconds(20);
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  issuer_.hold(true);
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), Refusal::kUnknownKey);
  issuer_.hold(false);
}

TEST_F(TokenServiceTest, ACallerThatIsCancelledDoesNotWait) {
  const auto errors = unexpected_errors();
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  start_with_url();
  issuer_.hold(true);
  std::optional<TaskGroup> callers;
  on(1, [&] {
    callers.emplace(shards_.executor(1), "test.callers");
    callers->spawn(forget(service_->verify(b_.token(kClaims, named("b")))));
  });
  EXPECT_TRUE(eventually([&] { return issuer_.requests() == 2; }));
  on(1, [&] { callers->cancel(); });
  EXPECT_TRUE(eventually([&] { return on(1, [&] { return callers->size(); }) == 0; }));
  on(1, [&] { callers.reset(); });
  EXPECT_EQ(unexpected_errors(), errors);
}

TEST_F(TokenServiceTest, TheLogHasNoTokenAndNoKey) {
  const std::string secret = "short secret";
  testing::internal::CaptureStderr();
  config_.warnings.emplace_back("JWT_SECRET_KEY has a secret that is shorter than its digest");
  config_.keys = {*Key::hmac(only(Algorithm::kHs256), secret)};
  issuer_.publish(set_of({a_.jwk(named("kid-in-set")), b_.jwk(R"("alg":"HS256")")}));
  start_with_url();
  const std::string token = b_.token(kClaims, named("kid-in-token"));
  EXPECT_EQ(refusal(token), Refusal::kUnknownKey);
  issuer_.publish(set_of({b_.jwk(named("kid-in-token"))}));
  EXPECT_EQ(refusal(token), kValid);
  issuer_.publish("nonsense-in-answer");
  EXPECT_EQ(refusal(token + "x"), Refusal::kMalformed);
  EXPECT_EQ(refusal(a_.token(kClaims, named("kid-in-set"))), Refusal::kUnknownKey);
  stop();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::HasSubstr("keys fetched"));
  EXPECT_THAT(log, testing::HasSubstr("keys not fetched"));
  const std::string modulus = b_.jwk().substr(20, 30);
  for (const auto& text : {token.substr(0, 20), token.substr(token.size() - 20), secret, modulus,
                           std::string("alice"), std::string("kid-in"), std::string("nonsense-in")})
    EXPECT_THAT(log, testing::Not(testing::HasSubstr(text)));
}

TEST_F(TokenServiceTest, StopsWhileKeysAreFetched) {
  issuer_.publish(set_of({a_.jwk(named("a"))}));
  config_.jwks.timeout = milliseconds(20);
  start_with_url();
  issuer_.hold(true);
  EXPECT_EQ(refusal(b_.token(kClaims, named("b"))), Refusal::kUnknownKey);
  stop();
}

}  // namespace
}  // namespace rig::jwt

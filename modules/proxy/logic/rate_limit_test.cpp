#include "logic/rate_key.hpp"
#include "logic/rate_limit_answer.hpp"
#include "logic/rate_limit_rules.hpp"
#include "logic/rate_table.hpp"
#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::json_of;

constexpr TokenBucket::Wait kNoWait{0};

class Limits : public ::testing::Test {
 protected:
  static RateKey key(unsigned number) {
    RateKey key{};
    std::memcpy(key.data(), &number, sizeof number);
    return key;
  }
  RateTable::Taken ask(unsigned client) { return table_.take(key(client), rate_, now_); }
  int let_through(unsigned client, int requests) {
    int count = 0;
    for (int i = 0; i < requests; ++i) count += ask(client).wait == kNoWait ? 1 : 0;
    return count;
  }

  TokenBucket::Rate rate_ = TokenBucket::Rate::of(2, seconds(1), 3);
  RateTable table_{100};
  RateTable::Time now_{hours(1)};
};

TEST_F(Limits, EachClientHasItsOwn) {
  EXPECT_EQ(let_through(1, 10), 3);
  EXPECT_EQ(let_through(2, 10), 3);
  EXPECT_EQ(ask(1).wait, milliseconds(500));
  now_ += seconds(1);
  EXPECT_EQ(let_through(1, 10), 2);
}

TEST_F(Limits, ClientsThatNeedNotBeRememberedMakeRoomFirst) {
  for (unsigned client = 0; client < 100; ++client) EXPECT_FALSE(ask(client).has_forgotten);
  EXPECT_EQ(table_.size(), 100U);
  now_ += minutes(1);
  for (unsigned client = 200; client < 300; ++client) EXPECT_FALSE(ask(client).has_forgotten);
  EXPECT_EQ(table_.size(), 100U);
}

TEST_F(Limits, WhenFullWhoeverWasNotSeenForLongestIsForgotten) {
  for (unsigned client = 0; client < 100; ++client) EXPECT_EQ(let_through(client, 4), 3);
  EXPECT_EQ(let_through(0, 1), 0);  // seen again
  EXPECT_TRUE(ask(100).has_forgotten);
  EXPECT_EQ(table_.size(), 100U);
  EXPECT_EQ(let_through(0, 1), 0);
  EXPECT_EQ(let_through(2, 1), 0);
  EXPECT_EQ(let_through(1, 1), 1) << "it is new again";
}

TEST_F(Limits, ATableOfOneGoesOn) {
  RateTable table(1);
  for (unsigned client = 0; client < 10; ++client)
    EXPECT_EQ(table.take(key(client), rate_, now_).wait, kNoWait);
  EXPECT_EQ(table.size(), 1U);
}

TEST(RateKeys, DifferByPartsAndSeed) {
  const RateKeys keys(RateKeys::Seed{});
  const auto of = [&](std::vector<std::string_view> parts) { return keys.key_of(parts); };
  EXPECT_EQ(of({"a", "b"}), of({"a", "b"}));
  EXPECT_EQ((std::set<RateKey>{of({"a", "b"}), of({"ab", ""}), of({"ab"}), of({"", "ab"})}.size()),
            4U);
  const std::array<std::string_view, 1> parts{"a"};
  EXPECT_NE(RateKeys::with_random_seed().key_of(parts), RateKeys::with_random_seed().key_of(parts));
}

std::vector<std::string> faults_of(std::string_view limit, bool has_tokens = true) {
  DefinitionErrors errors;
  check_rate_limit(json_of(R"({"rate_limit":)" + std::string(limit) + "}").as_object(), has_tokens,
                   FaultList(errors, "a"));
  std::vector<std::string> lines;
  for (const auto& error : errors) lines.push_back(error.field + " " + error.reason);
  return lines;
}

RateLimit read(std::string_view limit, std::string_view owner = "a") {
  EXPECT_THAT(faults_of(limit), IsEmpty());
  return *read_rate_limit(json_of(R"({"rate_limit":)" + std::string(limit) + "}").as_object(),
                          owner);
}

TEST(RateLimitRules, AreRead) {
  const auto limit = read(R"({"requests":10,"per":"1m","burst":20,"by":"header:x-key"})");
  EXPECT_EQ(limit.rate.interval, seconds(6));
  EXPECT_EQ(limit.rate.depth, seconds(120));
  EXPECT_EQ(limit.by, RateLimit::By::kHeader);
  EXPECT_EQ(limit.header, "x-key");
  const auto plain = read(R"({"requests":10,"per":500})");
  EXPECT_EQ(plain.rate.interval, milliseconds(50));
  EXPECT_EQ(plain.rate.depth, milliseconds(500)) << "as many at once as in each period";
  EXPECT_EQ(plain.by, RateLimit::By::kAddress);
  EXPECT_EQ(read(R"({"requests":1,"per":"1s","by":"claim:/a/b"})").claim.rest, "/b");
  EXPECT_FALSE(read_rate_limit({}, "a"));
}

TEST(RateLimitRules, ScopeChangesWithTheNumbersAndTheOwner) {
  const std::set<std::string> scopes{read(R"({"requests":1,"per":"1s"})").scope,
                                     read(R"({"requests":2,"per":"1s"})").scope,
                                     read(R"({"requests":1,"per":"2s"})").scope,
                                     read(R"({"requests":1,"per":"1s","burst":5})").scope,
                                     read(R"({"requests":1,"per":"1s","by":"header:x"})").scope,
                                     read(R"({"requests":1,"per":"1s"})", "b").scope};
  EXPECT_EQ(scopes.size(), 6U);
  EXPECT_EQ(read(R"({"requests":1,"per":"1s"})").scope,
            read(R"({"requests":1,"per":1000,"burst":1,"by":"address"})").scope);
}

TEST(RateLimitRules, AreChecked) {
  EXPECT_THAT(faults_of("null"), IsEmpty());
  EXPECT_THAT(faults_of("5"), ElementsAre("rate_limit must be object"));
  EXPECT_THAT(faults_of("{}"),
              ElementsAre(HasSubstr("rate_limit.requests"), HasSubstr("rate_limit.per")));
  for (const auto* requests : {"0", "-1", "1.5", "\"1\"", "1000001"})
    EXPECT_THAT(faults_of(R"({"per":"1s","requests":)" + std::string(requests) + "}"),
                ElementsAre(HasSubstr("from 1 to 1000000")))
        << requests;
  for (const auto* per : {"0", "\"0s\"", "\"1 s\"", "\"\"", "\"25h\"", "true", "-5"})
    EXPECT_THAT(faults_of(R"({"requests":1,"per":)" + std::string(per) + "}"),
                ElementsAre(HasSubstr("rate_limit.per must be a time")))
        << per;
  EXPECT_THAT(faults_of(R"({"requests":1,"per":"1s","burst":0})"),
              ElementsAre(HasSubstr("rate_limit.burst")));
  EXPECT_THAT(faults_of(R"({"requests":1,"per":"24h","burst":1000000})"),
              ElementsAre("rate_limit.burst must not take more than a year to come back"));
  for (const auto* by : {"5", "\"\"", "\"ip\"", "\"header:\"", "\"header:a b\"", "\"claim:\""})
    EXPECT_THAT(faults_of(R"({"requests":1,"per":"1s","by":)" + std::string(by) + "}"),
                ElementsAre(HasSubstr("rate_limit.by must be")))
        << by;
  EXPECT_THAT(faults_of(R"({"requests":1,"per":"1s","by":"claim:sub"})", false),
              ElementsAre(HasSubstr("where no token is asked for")));
}

TEST(RateLimitAnswer, SaysWhenToComeBack) {
  const auto answer =
      too_many_requests(read(R"({"requests":5,"per":"1m","burst":9})"), milliseconds(11'001));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.find("retry-after"), "12");
  EXPECT_EQ(answer.headers.find("ratelimit-policy"), "\"default\";q=5;w=60");
  EXPECT_EQ(answer.headers.find("ratelimit"), "\"default\";r=0;t=12");
  EXPECT_EQ(answer.body, R"({"message":"Too many requests; try again in 12 s."})");
  const auto fast = too_many_requests(read(R"({"requests":5,"per":"1500ms"})"), milliseconds(1));
  EXPECT_EQ(fast.headers.find("retry-after"), "1");
  EXPECT_EQ(fast.headers.find("ratelimit-policy"), "\"default\";q=5");
}

}  // namespace
}  // namespace rig::proxy

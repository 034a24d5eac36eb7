#include "logic/notices.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using Reason = subscriptions::Gap::Reason;

TEST(Notices, TheWelcomeHasTheToken) {
  EXPECT_EQ(connection_created("a_b-1"), R"({"connection_token":"a_b-1"})");
}

TEST(Notices, SubscriptionsAreAListInTheirOrder) {
  subscriptions::SubscriptionList list;
  EXPECT_EQ(subscriptions_as_json(list), "[]");
  list.emplace_back().json = R"({"eventType":"b","oneOf":[]})";
  EXPECT_EQ(subscriptions_as_json(list), R"([{"eventType":"b","oneOf":[]}])");
  list.emplace_back().json = R"({"eventType":"a","oneOf":[{}]})";
  EXPECT_EQ(subscriptions_as_json(list),
            R"([{"eventType":"b","oneOf":[]},{"eventType":"a","oneOf":[{}]}])");
}

TEST(Notices, EachReasonOfAGapHasItsName) {
  const auto reason = [](Reason of) { return gap_data({of, 0}); };
  EXPECT_EQ(reason(Reason::kExpired), R"({"reason":"expired","since":null})");
  EXPECT_EQ(reason(Reason::kUnknown), R"({"reason":"unknown","since":null})");
  EXPECT_EQ(reason(Reason::kRestarted), R"({"reason":"restarted","since":null})");
  EXPECT_EQ(reason(Reason::kOverflow), R"({"reason":"overflow","since":null})");
}

TEST(Notices, AGapSaysSinceWhenInTheTimeOfTheCalendar) {
  EXPECT_EQ(gap_data({Reason::kExpired, 1'767'323'045}),
            R"({"reason":"expired","since":"2026-01-02T03:04:05Z"})");
}

// Cursors come from clients, and so do the times in them.
TEST(Notices, ATimeThatNoCalendarHasIsNotKnown) {
  EXPECT_EQ(gap_data({Reason::kRestarted, 253'402'300'799}),
            R"({"reason":"restarted","since":"9999-12-31T23:59:59Z"})");
  for (const auto seconds : {std::uint64_t{253'402'300'800}, ~std::uint64_t{0}})
    EXPECT_EQ(gap_data({Reason::kRestarted, seconds}), R"({"reason":"restarted","since":null})");
}

TEST(Notices, AnErrorIsJsonWhateverItsText) {
  EXPECT_EQ(error_data("a \"b\"\n"), R"({"message":"a \"b\"\n"})");
}

subscriptions::SubscriptionList list_of(const std::string& json) {
  subscriptions::SubscriptionList list(1);
  list.front().json = json;
  return list;
}

std::string confirmed(SubscriptionsState& state) {
  std::string told;
  state.confirm([&](const std::string& json) { told += json; });
  return told;
}

TEST(SubscriptionsState, EachSetIsConfirmedOnceInOrder) {
  SubscriptionsState state;
  EXPECT_EQ(confirmed(state), "");
  state.ask(list_of("1"));
  EXPECT_EQ(confirmed(state), "[1]");
  EXPECT_EQ(confirmed(state), "");
  for (const auto* json : {"2", "3", "4"}) state.ask(list_of(json));
  EXPECT_EQ(state.json(), "[4]");
  EXPECT_EQ(confirmed(state), "[2][3][4]");
  EXPECT_EQ(confirmed(state), "");
  EXPECT_EQ(state.json(), "[4]");
}

}  // namespace
}  // namespace rig::transport

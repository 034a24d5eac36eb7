#include "logic/long_poll_request.hpp"

#include "logic/subscriptions_testing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::transport {
namespace {

LongPollCookies cookies_of(const std::vector<std::string>& headers) {
  HttpRequest request;
  request.headers.add("host", "h");
  for (const auto& value : headers) request.headers.add("Cookie", value);
  return LongPollCookies::of(request);
}

auto ask(std::string target, const LongPollCookies& cookies = {}) {
  HttpRequest request;
  request.target = std::move(target);
  return parse_long_poll_request(request, cookies, FakeSubscriptions());
}

std::vector<std::string> cookies_in(const HttpResponse& response) {
  std::vector<std::string> cookies;
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    if (response.headers[i].name == "set-cookie") cookies.emplace_back(response.headers[i].value);
  }
  return cookies;
}

TEST(LongPollCookies, AreFoundAmongOthersInAnyOrderAndHeader) {
  for (const auto& headers : std::vector<std::vector<std::string>>{
           {"connection_token=T; last_event_id=\"c~1\""},
           {"last_event_id=\"c~1\";connection_token=T"},
           {"a=b; connection_token=T; c=\"d;\"; last_event_id=c~1; e"},
           {"connection_token=T", "last_event_id=\"c~1\""},
           {" ; ;=;connection_token=T ;\tlast_event_id=\"c~1\"\t"}}) {
    const auto cookies = cookies_of(headers);
    EXPECT_EQ(cookies.connection_token, "T") << headers.front();
    EXPECT_EQ(cookies.last_event_id, "c~1") << headers.front();
  }
}

TEST(LongPollCookies, OthersAreNone) {
  for (const auto* header : {"", ";", "=", "a=b", "xconnection_token=T", "connection_token",
                             "Connection_Token=T", "a=connection_token=T", "last_event_id"}) {
    const auto cookies = cookies_of({header});
    EXPECT_EQ(cookies.connection_token, std::nullopt) << header;
    EXPECT_EQ(cookies.last_event_id, "") << header;
  }
  EXPECT_EQ(cookies_of({}).connection_token, std::nullopt);
}

TEST(LongPollCookies, TheFirstPlaceIsNoPlace) {
  EXPECT_EQ(cookies_of({"last_event_id=\"first_event\""}).last_event_id, "");
  EXPECT_EQ(cookies_of({"last_event_id=first_event"}).last_event_id, "");
}

TEST(LongPollCookies, OddQuotesAreNoAccident) {
  EXPECT_EQ(cookies_of({"last_event_id=\""}).last_event_id, "\"");
  EXPECT_EQ(cookies_of({"last_event_id=\"\""}).last_event_id, "");
  EXPECT_EQ(cookies_of({"last_event_id=\"a"}).last_event_id, "\"a");
}

TEST(LongPollRequest, SubscriptionsAreAnArrayOrAnObjectWithThem) {
  EXPECT_EQ(ask("/lp")->subscriptions.size(), 0u);
  EXPECT_EQ(ask("/lp?subscriptions=[a]")->subscriptions.size(), 1u);
  EXPECT_EQ(ask("/lp?subscriptions={[a]}")->subscriptions.size(), 1u);
}

TEST(LongPollRequest, ErrorsReadAsInTheFirstRig) {
  for (const auto* list : {"[x]", "{[x]}"}) {
    EXPECT_EQ(ask(std::string("/lp?subscriptions=") + list).error(),
              "could not parse subscriptions: could not parse subscription from JSON: invalid "
              "subscription: event-type empty")
        << list;
  }
  EXPECT_EQ(ask("/lp?subscriptions=[").error(),
            "could not parse subscriptions: could not decode subscriptions: invalid JSON "
            "encoding: [");
  EXPECT_EQ(ask("/lp?subscriptions=1").error(),
            "could not parse subscriptions: could not decode subscriptions: subscriptions is "
            "expected to be a JSON encoded list");
}

TEST(LongPollRequest, ResumesWhereTheCookieSaysIfItNamesSubscriptions) {
  const LongPollCookies cookies{"T", "c-1-2~3"};
  EXPECT_EQ(ask("/lp?subscriptions=[a]", cookies)->cursor, "c-1-2");
  EXPECT_EQ(ask("/lp", cookies)->cursor, std::nullopt);
  EXPECT_EQ(ask("/lp?subscriptions=[a]")->cursor, std::nullopt);
}

TEST(LongPollRequest, ResumesWhereTheQuerySaysFirst) {
  const LongPollCookies cookies{"T", "c-1-2~3"};
  EXPECT_EQ(ask("/lp?subscriptions=[a]&last_event_id=d-4-5", cookies)->cursor, "d-4-5");
  EXPECT_EQ(ask("/lp?subscriptions=[a]&last_event_id=d-4-5~6", cookies)->cursor, "d-4-5");
  EXPECT_EQ(ask("/lp?last_event_id=d-4-5")->cursor, "d-4-5");
}

TEST(LongPollResponse, ANewSessionIsOkWithBothCookies) {
  const auto response = session_made("TOKEN");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
  EXPECT_EQ(response.headers.find("cache-control"), "no-cache");
  EXPECT_EQ(response.body, "\"ok\"");
  EXPECT_EQ(
      cookies_in(response),
      (std::vector<std::string>{"connection_token=TOKEN; path=/; HttpOnly; SameSite=Lax",
                                "last_event_id=\"first_event\"; path=/; HttpOnly; SameSite=Lax"}));
}

TEST(LongPollResponse, APollHasThePlaceInBodyAndCookie) {
  const auto response = session_has("TOKEN", {"c-1-2~3", "[1,2]"});
  EXPECT_EQ(response.body, R"({"last_event_id":"c-1-2~3","events":[1,2]})");
  EXPECT_EQ(
      cookies_in(response),
      (std::vector<std::string>{"connection_token=TOKEN; path=/; HttpOnly; SameSite=Lax",
                                "last_event_id=\"c-1-2~3\"; path=/; HttpOnly; SameSite=Lax"}));
}

}  // namespace
}  // namespace rig::transport

#include "logic/access_entry.hpp"

#include "logic/sampler.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <string>

namespace rig::proxy {
namespace {

using boost::json::parse;
using std::chrono::microseconds;

AccessEntry entry() {
  AccessEntry e;
  e.time = std::chrono::system_clock::time_point(std::chrono::seconds(1'767'323'045)) +
           microseconds(6'007);
  e.client_ip = "192.0.2.1";
  e.method = "GET";
  e.target = "/books/7?page=2";
  e.status = 200;
  e.bytes_up = 3;
  e.bytes_down = 1024;
  e.duration = microseconds(12'034);
  e.upstream_duration = microseconds(999);
  e.server = "http://10.0.0.1:80";
  e.api = "shop";
  e.endpoint = "book";
  e.trace_id = "0af7651916cd43dd8448eb211c80319c";
  e.user_agent = "curl/8";
  e.referer = "https://shop.example/list?token=secret";
  e.result = AccessEntry::Result::kRelayed;
  return e;
}

TEST(AccessEntry, Json) {
  EXPECT_EQ(to_json(entry()),
            R"({"time":"2026-01-02T03:04:05.006007Z","client":"192.0.2.1","method":"GET",)"
            R"("path":"/books/7?page=2","status":200,"result":"relayed","bytes_up":3,)"
            R"("bytes_down":1024,"duration_ms":12.034,"upstream_ms":0.999,)"
            R"("upstream":"http://10.0.0.1:80","api":"shop","endpoint":"book",)"
            R"("trace_id":"0af7651916cd43dd8448eb211c80319c","user_agent":"curl/8",)"
            R"("referer":"https://shop.example/list"})");
}

TEST(AccessEntry, JsonWithoutWhatIsNotKnown) {
  AccessEntry e;
  e.method = "GET";
  e.target = "/";
  e.client_ip = "::1";
  EXPECT_EQ(to_json(e),
            R"({"time":"1970-01-01T00:00:00.000000Z","client":"::1","method":"GET","path":"/",)"
            R"("status":0,"result":"aborted","bytes_up":0,"bytes_down":0,"duration_ms":0.000})");
}

TEST(AccessEntry, Combined) {
  EXPECT_EQ(to_combined(entry()),
            R"(192.0.2.1 - - [02/Jan/2026:03:04:05 +0000] "GET /books/7?page=2 HTTP/1.1" 200 1024 )"
            R"("https://shop.example/list" "curl/8")");
  auto e = entry();
  e.version = 10;
  e.referer = e.user_agent = "";
  EXPECT_EQ(to_combined(e),
            R"(192.0.2.1 - - [02/Jan/2026:03:04:05 +0000] "GET /books/7?page=2 HTTP/1.0" 200 1024 )"
            R"("-" "-")");
}

TEST(AccessEntry, ClientThatLeftBeforeItHadAStatus) {
  auto e = entry();
  e.result = AccessEntry::Result::kClientLeft;
  EXPECT_EQ(parse(to_json(e)).at("status"), 200);
  e.status = 0;
  EXPECT_EQ(parse(to_json(e)).at("status"), 499);
}

TEST(AccessEntry, NothingFromAClientForgesALineOrAField) {
  auto e = entry();
  const std::string evil = "x\" 200 0 \"-\"\r\n192.0.2.9 - - \x1b[2J\t\\\xff\x7f";
  e.method = e.target = e.user_agent = e.referer = e.trace_id = evil;
  const auto combined = to_combined(e);
  EXPECT_EQ(combined.find_first_of("\r\n\t\x1b\x7f\xff"), std::string::npos) << combined;
  EXPECT_NE(combined.find(R"("x\" 200 0 \"-\"\r\n192.0.2.9)"), std::string::npos) << combined;
  const auto json = to_json(e);
  EXPECT_EQ(json.find_first_of("\r\n\t\x1b\xff"), std::string::npos) << json;
  EXPECT_EQ(parse(json).at("user_agent").as_string(),
            "x\" 200 0 \"-\"\r\n192.0.2.9 - - \x1b[2J\t\\\xEF\xBF\xBD\x7f");
  EXPECT_EQ(parse(json).at("status"), 200);
}

TEST(AccessEntry, LineIsBoundedWhateverAClientSends) {
  auto e = entry();
  const std::string long_text(100'000, 'x');
  e.target = e.user_agent = e.referer = long_text;
  EXPECT_LT(to_json(e).size(), 13'000U);
  EXPECT_LT(to_combined(e).size(), 13'000U);
}

TEST(LoggedTarget, HasNoTokens) {
  AuthRules rules;
  EXPECT_EQ(logged_target("/a?b=1&c=2", &rules), "/a?b=1&c=2");
  EXPECT_EQ(logged_target("/a?jwt=x&b=1&access_token=x&token=x&correlation=x", &rules), "/a?b=1");
  EXPECT_EQ(logged_target("/a?j%77t=x", &rules), "/a");
  EXPECT_EQ(logged_target("/a?key=x&b", &rules), "/a?key=x&b");
  rules.query_name = "key";
  EXPECT_EQ(logged_target("/a?key=x&b", &rules), "/a?b");
}

TEST(LoggedTarget, WithoutAnEndpointNobodyKnowsWhatIsAToken) {
  EXPECT_EQ(logged_target("/a?key=x", nullptr), "/a");
  EXPECT_EQ(logged_target("*", nullptr), "*");
}

TEST(LoggedTarget, HasNoAuthority) {
  const AuthRules rules;
  EXPECT_EQ(logged_target("http://user:secret@host/a?b", &rules), "/a?b");
  EXPECT_EQ(logged_target("http://user:secret@host", nullptr), "");
  EXPECT_EQ(logged_target("/http://host/a", &rules), "/http://host/a");
}

TEST(TraceId, OfATraceparent) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(trace_id_of("00-" + id + "-b7ad6b7169203331-01"), id);
  EXPECT_EQ(trace_id_of("01-" + id + "-b7ad6b7169203331-01-more"), id);
  EXPECT_EQ(trace_id_of(""), "");
  EXPECT_EQ(trace_id_of("00-" + id + "-b7ad6b7169203331"), "");
  EXPECT_EQ(trace_id_of("00-" + std::string(32, '0') + "-b7ad6b7169203331-01"), "");
  EXPECT_EQ(trace_id_of("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"), "");
}

TEST(Sampler, TakesItsShare) {
  Sampler sampler(1);
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(sampler.takes(1));
    EXPECT_FALSE(sampler.takes(0));
    taken += sampler.takes(0.25) ? 1 : 0;
  }
  EXPECT_GT(taken, 2'250);
  EXPECT_LT(taken, 2'750);
}

}  // namespace
}  // namespace rig::proxy

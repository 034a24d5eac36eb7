#include <rig/transport/http_message.hpp>

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

TEST(Headers, AreFoundWithoutRegardToCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-Empty", "");
  headers.add("content-type", "second");
  EXPECT_EQ(headers.find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.find("x-empty"), "");
  EXPECT_EQ(headers.find("x-other"), std::nullopt);
  ASSERT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers[2].value, "second");
}

TEST(HttpRequest, SplitsTheTarget) {
  struct Case {
    std::string_view target, path, query;
  };
  for (const auto& c : {Case{"/a/b?c=d?e", "/a/b", "c=d?e"}, Case{"/a", "/a", ""},
                        Case{"/?", "/", ""}, Case{"http://host:1/a?b", "/a", "b"},
                        Case{"http://host", "/", ""}, Case{"http://host?x=/y", "/", "x=/y"},
                        Case{"a?b://c/d", "a", "b://c/d"}, Case{"*", "*", ""}}) {
    HttpRequest request;
    request.target = c.target;
    EXPECT_EQ(request.path(), c.path) << c.target;
    EXPECT_EQ(request.query(), c.query) << c.target;
  }
}

TEST(QueryParameter, IsDecoded) {
  EXPECT_EQ(query_parameter("a=1&subscriptions=%5B%7B%7D%5D", "subscriptions"), "[{}]");
  EXPECT_EQ(query_parameter("a=x+y%2Bz", "a"), "x y+z");
  EXPECT_EQ(query_parameter("a=1&a=2", "a"), "1");
  EXPECT_EQ(query_parameter("a", "a"), "");
  EXPECT_EQ(query_parameter("a=", "a"), "");
  EXPECT_EQ(query_parameter("b=1", "a"), std::nullopt);
  EXPECT_EQ(query_parameter("", "a"), std::nullopt);
}

TEST(QueryParameter, TakesWhatBrowsersLeaveUnencoded) {
  EXPECT_EQ(query_parameter("subscriptions=[{\"eventType\":\"a\"}]", "subscriptions"),
            "[{\"eventType\":\"a\"}]");
}

TEST(QueryParameter, BadEncodingIsAbsentAndHidesNoOther) {
  EXPECT_EQ(query_parameter("a=%zz", "a"), std::nullopt);
  EXPECT_EQ(query_parameter("x=%z&a=1", "a"), "1");
}

TEST(HttpResponse, ErrorIsValidJson) {
  EXPECT_EQ(HttpResponse::error(400, "a \"b\" \\ \n").body, R"({"message":"a \"b\" \\  "})");
}

}  // namespace
}  // namespace rig::transport

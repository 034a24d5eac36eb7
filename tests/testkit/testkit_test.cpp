// A test tool that is wrong proves nothing; these are the parts that interpret.
#include "event_stream.hpp"
#include "http.hpp"
#include "json.hpp"
#include "metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testkit {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> data_of(std::string_view stream) {
  EventStreamParser parser;
  for (const char c : stream) parser.feed({&c, 1});
  std::vector<std::string> all;
  while (const auto event = parser.next()) all.push_back(event->type + "=" + event->data);
  return all;
}

TEST(EventStreamParser, EachKindOfLineEndEndsOneLine) {
  EXPECT_THAT(data_of("data: a\r\ndata: b\rdata: c\n\n"), ElementsAre("message=a\nb\nc"));
  EXPECT_THAT(data_of("data: a\r\n\r\ndata: b\r\r"), ElementsAre("message=a", "message=b"));
}

TEST(EventStreamParser, OneSpaceAfterTheColonIsNotPartOfTheValue) {
  EXPECT_THAT(data_of("data:a\n\ndata:  b\n\ndata\ndata\n\n"),
              ElementsAre("message=a", "message= b", "message=\n"));
}

TEST(EventStreamParser, AnEventWithoutDataIsDroppedWithItsType) {
  EXPECT_THAT(data_of("event: x\n\ndata: 1\n\nevent: y\ndata: 2\n\n"),
              ElementsAre("message=1", "y=2"));
}

TEST(EventStreamParser, CommentsAreKeptApart) {
  EventStreamParser parser;
  parser.feed(": heartbeat\n\ndata: 1\nid: 7\n\n");
  EXPECT_THAT(parser.comments(), ElementsAre(" heartbeat"));
  const auto event = parser.next();
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->last_event_id, "7");
}

TEST(EventStreamParser, AnIdHoldsFromTheEndOfItsBlockOnAlsoWithoutData) {
  EventStreamParser parser;
  parser.feed("id: 1\ndata: x\n\nid: 2\n");
  EXPECT_EQ(parser.last_event_id(), "1");
  parser.feed("\n");
  EXPECT_EQ(parser.last_event_id(), "2");
  parser.feed("id\n\n");
  EXPECT_EQ(parser.last_event_id(), "");
}

TEST(EventStreamParser, ARetryIsDigitsAlone) {
  EventStreamParser parser;
  parser.feed("retry: 1000\n");
  EXPECT_EQ(parser.retry(), 1000U);
  parser.feed("retry: 2s\nretry: -1\nretry\nretry: 1.5\n");
  EXPECT_EQ(parser.retry(), 1000U);
  EXPECT_EQ(parser.retry_count(), 1U);
  parser.feed("retry:0\n");
  EXPECT_EQ(parser.retry(), 0U);
}

TEST(EventStreamParser, AnUnfinishedEventIsNotDispatched) {
  EXPECT_TRUE(data_of("data: 1\n").empty());
}

TEST(Metrics, SamplesAreSummedOverTheLabelsThatWereNotAskedFor) {
  const auto metrics = Metrics::parse(
      "# HELP a_total Some words\n# TYPE a_total counter\n"
      "a_total{x=\"1\",y=\"q\\\"\\n\\\\}\"} 2\na_total{x=\"2\"} 3 1395066363000\nb 4.5e1\n");
  EXPECT_EQ(metrics.sum("a_total"), 5);
  EXPECT_EQ(metrics.sum("a_total", {{"y", "q\"\n\\}"}}), 2);
  EXPECT_EQ(metrics.sum("b"), 45);
  EXPECT_EQ(metrics.type_of("a_total"), "counter");
  EXPECT_FALSE(metrics.has("c"));
  EXPECT_THROW((void)Metrics::parse("a_total\n"), Failure);
  EXPECT_THROW((void)Metrics::parse("a_total 1"), Failure);
}

TEST(Json, PointersFindValuesOfAnyType) {
  constexpr std::string_view kDocument = R"({"a":{"b/c":["x\u00fc",{"d":null}]}})";
  EXPECT_EQ(json_at(kDocument, "/a/b~1c/0"), "x\u00fc");
  EXPECT_EQ(json_at(kDocument, "/a/b~1c/1"), R"({"d":null})");
  EXPECT_EQ(json_at(kDocument, "/a/x"), std::nullopt);
  EXPECT_THROW((void)json_at("{", ""), Failure);
}

TEST(Http, RequestsGetALengthOnlyIfTheyNeedOne) {
  EXPECT_EQ(to_bytes({.target = "/x"}), "GET /x HTTP/1.1\r\nhost: gateway.test\r\n\r\n");
  EXPECT_EQ(to_bytes({.method = "POST", .headers = {{"Host", "h"}}, .body = "ab"}),
            "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 2\r\n\r\nab");
  EXPECT_EQ(percent_encode("a b[\"\xC3\xBC\"]"), "a%20b%5B%22%C3%BC%22%5D");
}

}  // namespace
}  // namespace testkit

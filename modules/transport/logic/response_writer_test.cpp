#include "logic/response_writer.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(ResponseWriter, WritesHeadAndBody) {
  auto response = HttpResponse::text(200, "OK");
  response.headers.add("x-a", "b");
  EXPECT_EQ(write_response(response, {}, kDate),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nx-a: b\r\n"
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\ncache-control: max-age=0, private, "
            "must-revalidate\r\n"
            "content-length: 2\r\n\r\nOK");
}

TEST(ResponseWriter, HeadGetsTheLengthAndNoBody) {
  const auto bytes = write_response(HttpResponse::text(200, "OK"), {11, true, false}, kDate);
  EXPECT_TRUE(bytes.ends_with("content-length: 2\r\n\r\n"));
}

TEST(ResponseWriter, NoContentHasNoLength) {
  HttpResponse response;
  response.status = 204;
  EXPECT_EQ(write_response(response, {}, kDate).find("content-length"), std::string::npos);
}

TEST(ResponseWriter, SaysWhatBecomesOfTheConnection) {
  const HttpResponse response;
  EXPECT_NE(write_response(response, {11, false, true}, kDate).find("connection: close"),
            std::string::npos);
  EXPECT_NE(write_response(response, {10, true, true}, kDate).find("connection: keep-alive"),
            std::string::npos);
  EXPECT_EQ(write_response(response, {11, true, true}, kDate).find("connection:"),
            std::string::npos);
}

TEST(ResponseWriter, OwnCacheControlIsKept) {
  HttpResponse response;
  response.headers.add("Cache-Control", "no-cache");
  const auto bytes = write_response(response, {}, kDate);
  EXPECT_EQ(bytes.find("max-age"), std::string::npos);
}

TEST(ResponseWriter, StreamIsChunkedOrEndsWithTheConnection) {
  const HttpResponse response;
  EXPECT_NE(write_stream_head(response, 11, kDate).find("transfer-encoding: chunked\r\n\r\n"),
            std::string::npos);
  EXPECT_NE(write_stream_head(response, 10, kDate).find("connection: close\r\n\r\n"),
            std::string::npos);
}

TEST(HttpDate, HasTheFixedFormat) {
  EXPECT_EQ(http_date(std::chrono::system_clock::from_time_t(784111777)), kDate);
}

}  // namespace
}  // namespace rig::transport

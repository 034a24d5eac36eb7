// Both readers must give the same result wherever the byte stream is cut.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http_reader.hpp"
#include "sse_reader.hpp"

namespace rig::bench {
namespace {

constexpr std::string_view kStream =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: Chunked\r\n\r\n"
    "5\r\nevent\r\n3\r\n: a\r\nf\r\n\ndata: 1\ndata:2\r\n2\r\n\n\n\r\n0\r\n\r\n"
    "HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}"
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/// The bodies, each with its status before and its end marked behind it.
std::string read_all(std::string_view stream, std::size_t piece) {
  HttpReader reader;
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    std::string_view in = stream.substr(at, piece);
    for (bool is_hungry = false; !is_hungry;) {
      std::string_view body;
      switch (reader.next(in, body)) {
        case HttpReader::Step::kBody: seen += body; break;
        case HttpReader::Step::kEnd: seen += '|' + std::to_string(reader.status()) + ';'; break;
        case HttpReader::Step::kMalformed: return seen + "malformed";
        case HttpReader::Step::kNeedMore: is_hungry = true; break;
      }
    }
  }
  return seen;
}

TEST(HttpReader, ReadsChunksAndLengthsWhereverTheBytesAreCut) {
  for (std::size_t piece = 1; piece <= kStream.size(); ++piece) {
    EXPECT_EQ(read_all(kStream, piece), "event: a\ndata: 1\ndata:2\n\n|200;{}|202;|400;") << piece;
  }
}

TEST(HttpReader, RefusesWhatIsNotHttp) {
  EXPECT_EQ(read_all("SSH-2.0-x\r\n", 100), "malformed");
  EXPECT_EQ(read_all("HTTP/1.1 200 OK\r\nno colon\r\n", 100), "malformed");
  EXPECT_EQ(read_all("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 100),
            "malformed");
  EXPECT_EQ(read_all("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n", 100),
            "amalformed");
  EXPECT_EQ(read_all(std::string(100'000, 'x'), 1000), "malformed");
}

std::vector<std::string> events_of(std::string_view stream, std::size_t piece) {
  SseReader reader;
  std::vector<std::string> events;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    std::string_view in = stream.substr(at, piece);
    while (reader.next(in)) {
      events.push_back(std::string(reader.type()) + '=' + std::string(reader.data()) + '#' +
                       std::string(reader.id()));
    }
  }
  return events;
}

TEST(SseReader, ReadsEventsWhereverTheBytesAreCut) {
  constexpr std::string_view kEvents =
      ": heartbeat\n\nevent: a\ndata: one\n\nevent: lonely\n\ndata:two\r\ndata: 2\r\nid: "
      "5\r\n\r\ndata\n\nevent: cut";
  const std::vector<std::string> expected{"a=one#", "=two\n2#5", "=#"};
  for (std::size_t piece = 1; piece <= kEvents.size(); ++piece) {
    EXPECT_EQ(events_of(kEvents, piece), expected) << piece;
  }
}

}  // namespace
}  // namespace rig::bench

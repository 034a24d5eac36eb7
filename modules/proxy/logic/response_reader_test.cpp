#include "logic/response_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace rig::proxy {
namespace {

using Kind = Framing::Kind;
using State = ResponseReader::State;

struct Answer {
  State state = State::kNeedMore;
  ResponseHead head;
  std::string rest;
};

/// The first final head of bytes that come `step` at a time.
Answer read(std::string_view bytes, std::size_t step, bool is_head) {
  ResponseReader reader(is_head);
  Answer answer;
  while (!bytes.empty()) {
    answer.rest += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    while (true) {
      const auto progress = reader.feed(answer.rest);
      answer.state = progress.state;
      answer.rest.erase(0, progress.consumed);
      if (progress.state == State::kFailed) {
        EXPECT_FALSE(reader.failure().reason.empty());
        return answer;
      }
      if (progress.state == State::kNeedMore) break;
      answer.head = reader.take();
      if (answer.head.is_interim()) continue;
      answer.rest += bytes;
      return answer;
    }
  }
  return answer;
}

Answer read(std::string_view bytes, bool is_head = false) {
  auto whole = read(bytes, bytes.size() + 1, is_head);
  const auto cut = read(bytes, 1, is_head);
  EXPECT_EQ(cut.state, whole.state);
  if (whole.state == State::kComplete) {
    EXPECT_EQ(cut.head.framing, whole.head.framing);
    EXPECT_EQ(cut.head.headers.size(), whole.head.headers.size());
    EXPECT_EQ(cut.rest, whole.rest);
  }
  return whole;
}

TEST(ResponseReader, ReadsAHead) {
  const auto answer = read(
      "HTTP/1.1 200 All right\r\nContent-Length: 2\r\nset-cookie: b=1\r\nset-cookie: a=2\r\n"
      "empty:\r\nx:\t y \r\n\r\nokHTTP");
  ASSERT_EQ(answer.state, State::kComplete);
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_EQ(answer.head.version, 11);
  EXPECT_EQ(answer.head.reason, "All right");
  EXPECT_EQ(answer.head.framing, (Framing{Kind::kLength, 2}));
  EXPECT_TRUE(answer.head.keep_alive);
  EXPECT_EQ(answer.rest, "okHTTP");
  ASSERT_EQ(answer.head.headers.size(), 5U);
  EXPECT_EQ(answer.head.headers[1].value, "b=1");
  EXPECT_EQ(answer.head.headers[2].value, "a=2");
  EXPECT_EQ(answer.head.headers[3].value, "");
  EXPECT_EQ(answer.head.headers[4].value, "y");
}

TEST(ResponseReader, AcceptsAnyStatusAndAnEmptyReason) {  // P9 of the contract
  for (const auto* line : {"HTTP/1.1 200", "HTTP/1.1 299 ", "HTTP/1.1 520 Odd \xC3\xA4"}) {
    const auto answer = read(std::string(line) + "\r\n\r\n");
    EXPECT_EQ(answer.state, State::kComplete) << line;
  }
}

TEST(ResponseReader, TellsWhereTheBodyEnds) {
  const auto kind = [](std::string_view bytes, bool is_head = false) {
    const auto answer = read(bytes, is_head);
    EXPECT_EQ(answer.state, State::kComplete) << bytes;
    return answer.head.framing.kind;
  };
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\n\r\n"), Kind::kUntilClose);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), Kind::kChunked);
  EXPECT_EQ(kind("HTTP/1.1 204 No\r\n\r\n"), Kind::kNone);
  EXPECT_EQ(kind("HTTP/1.1 304 Same\r\ncontent-length: 10\r\n\r\n"), Kind::kNone);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", true), Kind::kNone);
  EXPECT_EQ(kind("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", true), Kind::kNone);
  EXPECT_EQ(kind("HTTP/1.1 101 Go\r\nupgrade: x\r\n\r\n\x81"), Kind::kUpgraded);
}

TEST(ResponseReader, TellsWhetherTheConnectionIsGoodForMore) {
  const auto is_kept = [](std::string_view bytes) { return read(bytes).head.keep_alive; };
  EXPECT_TRUE(is_kept("HTTP/1.1 204 No\r\n\r\n"));
  EXPECT_FALSE(is_kept("HTTP/1.1 204 No\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(is_kept("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"));
  EXPECT_TRUE(is_kept("HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n"));
  EXPECT_FALSE(is_kept("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(is_kept("HTTP/1.1 101 Go\r\n\r\n"));
}

TEST(ResponseReader, ReadsInterimAnswersBeforeTheFinalOne) {
  const auto answer = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na");
  ASSERT_EQ(answer.state, State::kComplete);
  EXPECT_EQ(answer.head.status, 200);
  EXPECT_EQ(answer.head.headers.size(), 1U);
  EXPECT_EQ(answer.rest, "a");
}

TEST(ResponseReader, InterimAnswersAreBounded) {
  std::string bytes;
  for (int i = 0; i < 9; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(read(bytes).state, State::kFailed);
}

TEST(ResponseReader, RefusesWhatIsNoAnswer) {
  for (const auto* bytes :
       {"garbage", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 O\x01K\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1\t200 OK\r\n\r\n", "HTTP/1.1 200 a\rb\r\n\r\n", "SSH-2.0-x\r\n"})
    EXPECT_EQ(read(bytes).state, State::kFailed) << bytes;
}

TEST(ResponseReader, RefusesHeadersThatReadersCouldUnderstandDifferently) {
  for (const auto* lines :
       {" folded: x\r\n", "a: b\r\n c\r\n", "a: b\r\n\tc\r\n", "a : b\r\n", ": b\r\n", "a\r\n",
        "a: b\nc: d\r\n", "a: b\rc\r\n", "a: b\x01\r\n", "a: b\x7F\r\n", "a b: c\r\n",
        "content-length: 1\r\ncontent-length: 2\r\n",
        "content-length: 1\r\ntransfer-encoding: chunked\r\n", "transfer-encoding: gzip\r\n",
        "content-length: -1\r\n", "\xC3\xA4: b\r\n"}) {
    const auto bytes = std::string("HTTP/1.1 200 OK\r\n").append(lines).append("\r\n");
    EXPECT_EQ(read(bytes).state, State::kFailed) << lines;
  }
  const std::string_view nul("HTTP/1.1 200 OK\r\na: \0\r\n\r\n", 25);
  EXPECT_EQ(read(nul).state, State::kFailed);
  EXPECT_EQ(read("HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").state, State::kFailed);
}

TEST(ResponseReader, HeadIsBounded) {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(read(start + "a: " + std::string(70'000, 'b')).state, State::kFailed);
  std::string many = start;
  for (int i = 0; i < 300; ++i) many += "a: b\r\n";
  EXPECT_EQ(read(many).state, State::kFailed);
  EXPECT_EQ(read("HTTP/1.1 200 " + std::string(70'000, 'b')).state, State::kFailed);
}

TEST(ResponseReader, KnowsThatNothingHasCome) {
  ResponseReader reader(false);
  EXPECT_TRUE(reader.is_untouched());
  EXPECT_EQ(reader.feed("").state, State::kNeedMore);
  EXPECT_TRUE(reader.is_untouched());
  EXPECT_EQ(reader.feed("H").state, State::kNeedMore);
  EXPECT_FALSE(reader.is_untouched());
}

}  // namespace
}  // namespace rig::proxy

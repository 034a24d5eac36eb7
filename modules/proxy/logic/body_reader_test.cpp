#include "logic/body_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace rig::proxy {
namespace {

using Kind = Framing::Kind;
using State = BodyReader::State;

/// What a reader makes of bytes that come `step` at a time: the body, then how it ended and what
/// was left.
std::string read(Framing framing, std::string_view bytes, std::size_t step) {
  BodyReader reader(framing);
  std::string body;
  std::string kept;
  while (true) {
    const auto result = reader.next(kept);
    body += result.piece;
    kept.erase(0, result.consumed);
    if (result.state == State::kDone) return body.append("|done|").append(kept).append(bytes);
    if (result.state == State::kFailed) {
      EXPECT_FALSE(reader.failure().reason.empty());
      return body.append("|failed");
    }
    if (result.state == State::kPiece) continue;
    if (bytes.empty()) return body.append(reader.ends_at_close() ? "|ends" : "|cut");
    kept += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
}

std::string read(Framing framing, std::string_view bytes) {
  auto whole = read(framing, bytes, bytes.size() + 1);
  EXPECT_EQ(read(framing, bytes, 1), whole);
  EXPECT_EQ(read(framing, bytes, 3), whole);
  return whole;
}

std::string chunked(std::string_view bytes) { return read({Kind::kChunked, 0}, bytes); }

TEST(BodyReader, OfALengthEndsThere) {
  EXPECT_EQ(read({Kind::kLength, 5}, "hello"), "hello|done|");
  EXPECT_EQ(read({Kind::kLength, 5}, "helloGET /"), "hello|done|GET /");
  EXPECT_EQ(read({Kind::kLength, 5}, "hell"), "hell|cut");
  EXPECT_EQ(read({Kind::kLength, 0}, "x"), "|done|x");
  EXPECT_EQ(read({Kind::kNone, 0}, "x"), "|done|x");
}

TEST(BodyReader, UntilTheCloseTakesAll) {
  EXPECT_EQ(read({Kind::kUntilClose, 0}, "hello\r\n\r\n"), "hello\r\n\r\n|ends");
  EXPECT_EQ(read({Kind::kUpgraded, 0}, "\x81\x01x"), "\x81\x01x|ends");
}

TEST(BodyReader, PiecesAreViewsOfTheBytesGiven) {
  BodyReader reader({Kind::kChunked, 0});
  const std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
  const auto step = reader.next(bytes);
  EXPECT_EQ(step.state, State::kPiece);
  EXPECT_EQ(step.piece.data(), bytes.data() + 3);
  EXPECT_EQ(step.piece, "hello");
  EXPECT_EQ(step.consumed, 8U);
  EXPECT_EQ(reader.size(), 5U);
}

TEST(BodyReader, ChunksComeTogether) {
  EXPECT_EQ(chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\nHTTP"), "hello!|done|HTTP");
  EXPECT_EQ(chunked("0\r\n\r\n"), "|done|");
  EXPECT_EQ(chunked("00A\r\n0123456789\r\n000\r\n\r\n"), "0123456789|done|");
  EXPECT_EQ(chunked("5\r\nhello\r\n"), "hello|cut");
  EXPECT_EQ(chunked("2;a=b;c=\"d\"\r\nab\r\n0 ; x\r\n\r\n"), "ab|done|");
}

TEST(BodyReader, TrailersAreKeptButThoseThatMustBeHeaders) {
  BodyReader reader({Kind::kChunked, 0});
  const std::string bytes =
      "0\r\nX-Sum: 1\r\ncontent-length: 7\r\nTransfer-Encoding: chunked\r\nhost: "
      "x\r\nx-Sum:2\r\n\r\n";
  EXPECT_EQ(reader.next(bytes).state, State::kDone);
  ASSERT_EQ(reader.trailers().size(), 2U);
  EXPECT_EQ(reader.trailers()[0].name, "X-Sum");
  EXPECT_EQ(reader.trailers()[0].value, "1");
  EXPECT_EQ(reader.trailers()[1].value, "2");
}

TEST(BodyReader, ChunkThatReadersCouldUnderstandDifferentlyIsRefused) {
  for (const auto* bytes : {"\r\n",
                            " 5\r\nhello\r\n",
                            "5 \r\nhello\r\n",
                            "+5\r\nhello\r\n",
                            "-1\r\n",
                            "0x5\r\nhello\r\n",
                            "5\nhello\r\n",
                            "5\r\nhello\n",
                            "5\r\nhelloX\r\n",
                            "5\r\nhello0\r\n\r\n",
                            "g\r\n",
                            ";a\r\n",
                            "00000000000000005\r\nhello\r\n",
                            "FFFFFFFFFFFFFFFF\r\n",
                            "7FFFFFFFFFFFFFFF\r\n",
                            "5,5\r\nhello\r\n",
                            "5\r \nhello\r\n",
                            "5;a\rb\r\nhello\r\n",
                            "5;a\x01\r\nhello\r\n",
                            "5;\x7F\r\nhello\r\n"})
    EXPECT_TRUE(chunked(bytes).ends_with("|failed")) << bytes;
}

TEST(BodyReader, EndOfChunksThatIsNoTrailerIsRefused) {
  for (const auto* bytes : {"0\r\n x\r\n\r\n", "0\r\nno colon\r\n\r\n", "0\r\na : b\r\n\r\n",
                            "0\r\n\n", "0\r\na: b\n\r\n", "0\r\na: \x01\r\n\r\n"})
    EXPECT_TRUE(chunked(bytes).ends_with("|failed")) << bytes;
}

TEST(BodyReader, WhatStandsBetweenChunksIsBounded) {
  EXPECT_TRUE(chunked("1;" + std::string(300, 'a')).ends_with("|failed"));
  std::string trailers = "0\r\n";
  for (int i = 0; i < 100; ++i) trailers += "a: b\r\n";
  EXPECT_TRUE(chunked(trailers).ends_with("|failed"));
  EXPECT_TRUE(chunked("0\r\na: " + std::string(20'000, 'b')).ends_with("|failed"));
}

TEST(BodyReader, StaysFailed) {
  BodyReader reader({Kind::kChunked, 0});
  EXPECT_EQ(reader.next("x\r\n").state, State::kFailed);
  EXPECT_EQ(reader.next("0\r\n\r\n").state, State::kFailed);
  EXPECT_FALSE(reader.ends_at_close());
}

Headers headers_of(std::initializer_list<Headers::Entry> entries) {
  Headers headers;
  for (const auto& [name, value] : entries) headers.add(name, value);
  return headers;
}

TEST(RequestFraming, IsWhatOneHeaderSays) {
  EXPECT_EQ(*request_framing(headers_of({}), 11), Framing());
  EXPECT_EQ(*request_framing(headers_of({{"Content-Length", "7"}}), 11),
            (Framing{Kind::kLength, 7}));
  EXPECT_EQ(*request_framing(headers_of({{"transfer-encoding", "Chunked"}}), 11),
            (Framing{Kind::kChunked, 0}));
  EXPECT_EQ(*request_framing(headers_of({{"content-length", "7, 7"}, {"content-length", "7"}}), 10),
            (Framing{Kind::kLength, 7}));
}

TEST(RequestFraming, ThatIsAmbiguousIsRefused) {
  const std::initializer_list<Headers> bad = {
      headers_of({{"content-length", "7"}, {"transfer-encoding", "chunked"}}),
      headers_of({{"content-length", "7"}, {"content-length", "8"}}),
      headers_of({{"content-length", "7, 8"}}),
      headers_of({{"content-length", ""}}),
      headers_of({{"content-length", "7,"}}),
      headers_of({{"content-length", "+7"}}),
      headers_of({{"content-length", "-7"}}),
      headers_of({{"content-length", "0x7"}}),
      headers_of({{"content-length", "7 7"}}),
      headers_of({{"content-length", "18446744073709551616"}}),
      headers_of({{"content-length", "9223372036854775807"}}),
      headers_of({{"transfer-encoding", "gzip, chunked"}}),
      headers_of({{"transfer-encoding", "chunked, chunked"}}),
      headers_of({{"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}),
      headers_of({{"transfer-encoding", "identity"}}),
      headers_of({{"transfer-encoding", ""}}),
      headers_of({{"transfer-encoding", "xchunked"}}),
  };
  for (const auto& headers : bad) EXPECT_FALSE(request_framing(headers, 11)) << headers[0].value;
  EXPECT_FALSE(request_framing(headers_of({{"transfer-encoding", "chunked"}}), 10));
}

}  // namespace
}  // namespace rig::proxy

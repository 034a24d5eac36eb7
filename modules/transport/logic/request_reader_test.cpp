#include "logic/request_reader.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using State = RequestReader::State;

constexpr RequestLimits kLimits{
    .target_bytes_max = 64, .header_bytes_max = 256, .body_bytes_max = 32};

struct Outcome {
  State state = State::kNeedMore;
  HttpRequest request;
  int status = 0;
  std::string rest;
};

/// Feeds `bytes` in pieces of `step`, as a socket would give them.
Outcome read(std::string_view bytes, std::size_t step = std::string_view::npos) {
  RequestReader reader(kLimits);
  Outcome outcome;
  std::string kept;
  for (std::size_t at = 0; at < bytes.size() && outcome.state == State::kNeedMore;) {
    const auto piece = bytes.substr(at, step);
    at += piece.size();
    kept += piece;
    const auto progress = reader.feed(kept);
    kept.erase(0, progress.consumed);
    outcome.state = progress.state;
  }
  if (outcome.state == State::kComplete) outcome.request = reader.take();
  if (outcome.state == State::kFailed) outcome.status = reader.failure().status;
  outcome.rest = kept;
  return outcome;
}

TEST(RequestReader, ReadsARequestInPiecesOfAnySize) {
  const std::string_view bytes =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Y:  z \r\n\r\nhello";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const auto outcome = read(bytes, step);
    ASSERT_EQ(outcome.state, State::kComplete) << step;
    EXPECT_EQ(outcome.request.method, "POST");
    EXPECT_EQ(outcome.request.target, "/a?b=c");
    EXPECT_EQ(outcome.request.headers.find("x-y"), "z");
    EXPECT_EQ(outcome.request.body, "hello");
    EXPECT_TRUE(outcome.request.keep_alive);
  }
}

TEST(RequestReader, ReadsChunkedBodiesInPiecesOfAnySize) {
  const std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;e=1\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const auto outcome = read(bytes, step);
    ASSERT_EQ(outcome.state, State::kComplete) << step;
    EXPECT_EQ(outcome.request.body, "abcde");
  }
}

TEST(RequestReader, ReadsAnEmptyChunkedBodyInPiecesOfAnySize) {
  const std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: trailer\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const auto outcome = read(bytes, step);
    ASSERT_EQ(outcome.state, State::kComplete) << step;
    EXPECT_EQ(outcome.request.headers.size(), 2u) << "a trailer must not pass for a header";
  }
}

TEST(RequestReader, LeavesThePipelinedRequestAlone) {
  const auto outcome = read("\r\n\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP");
  ASSERT_EQ(outcome.state, State::kComplete);
  EXPECT_EQ(outcome.request.target, "/1");
  EXPECT_EQ(outcome.rest, "GET /2 HTTP");
}

TEST(RequestReader, KnowsWhenTheConnectionEnds) {
  EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n").request.keep_alive);
  EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").request.keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").request.keep_alive);
}

TEST(RequestReader, SeesThatTheClientWaitsForContinue) {
  RequestReader reader(kLimits);
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(reader.feed(head).state, State::kNeedMore);
  EXPECT_TRUE(reader.expects_continue());
  EXPECT_EQ(reader.feed("ok").state, State::kComplete);
  EXPECT_FALSE(reader.expects_continue());
}

TEST(RequestReader, RefusesWithTheStatusThatFits) {
  const std::string host = "Host: x\r\n";
  struct Case {
    std::string name, bytes;
    int status;
  };
  for (const auto& c : {
           Case{"a TLS greeting", "\x16\x03\x01\x02", 400},
           Case{"no HTTP", "hello world\r\n\r\n", 400},
           Case{"bare line feeds", "GET / HTTP/1.1\nHost: x\n\n\r\n\r\n", 400},
           Case{"a NUL in a value",
                std::string("GET / HTTP/1.1\r\nHost: x\r\nA: b") + '\0' + "c\r\n\r\n", 400},
           Case{"a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
           Case{"a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
           Case{"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
           Case{"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
           Case{"another version", "GET / HTTP/2.0\r\n" + host + "\r\n", 505},
           Case{"a long target", "GET /" + std::string(64, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
                414},
           Case{"an endless target", "GET /" + std::string(300, 'a'), 414},
           Case{"a large head", "GET / HTTP/1.1\r\n" + host + "A: " + std::string(300, 'a'), 431},
           Case{"a long body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 33\r\n\r\n", 413},
           Case{"a long chunked body",
                "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n21\r\n" +
                    std::string(33, 'a'),
                413},
           Case{"a bad length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1x\r\n\r\n", 400},
           Case{"two lengths",
                "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                400},
           Case{"length and chunks",
                "POST / HTTP/1.1\r\n" + host +
                    "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400},
           Case{"chunks and length",
                "POST / HTTP/1.1\r\n" + host +
                    "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
                400},
           Case{"an unknown coding",
                "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 400},
           Case{"chunked is not the last coding",
                "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
           Case{"two codings",
                "POST / HTTP/1.1\r\n" + host +
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                400},
           Case{"chunks on HTTP/1.0",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
           Case{"an endless chunk extension",
                "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n2;" +
                    std::string(300, 'x'),
                400},
           Case{"endless trailers",
                "POST / HTTP/1.1\r\n" + host +
                    "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(300, 'x'),
                400},
           Case{"a bad chunk size",
                "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
       }) {
    const auto outcome = read(c.bytes);
    EXPECT_EQ(outcome.state, State::kFailed) << c.name;
    EXPECT_EQ(outcome.status, c.status) << c.name;
  }
}

/// Reads a request whose body is passed on, in pieces of `step`; returns what came of the body.
std::string passed_on(RequestReader& reader, std::string_view bytes, std::size_t step,
                      State& state) {
  reader.pause_at_head();
  std::string kept;
  std::string body;
  state = State::kNeedMore;
  for (std::size_t at = 0; state != State::kComplete && state != State::kFailed;) {
    if (state == State::kNeedMore) {
      if (at >= bytes.size()) break;
      kept += bytes.substr(at, step);
      at += step;
    }
    const auto progress = reader.feed(kept);
    kept.erase(0, progress.consumed);
    state = progress.state;
    if (state == State::kHead) {
      EXPECT_TRUE(reader.has_body());
      EXPECT_EQ(reader.head().target, "/a");
      reader.pass_on();
      continue;
    }
    if (reader.head_is_complete()) body += reader.take_piece();
  }
  return body;
}

TEST(RequestReader, ABodyThatIsPassedOnComesInPiecesOfAnyLength) {
  const std::string long_body(1000, 'x');
  const std::string with_length =
      "POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\n" + long_body;
  const std::string chunked =
      "POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\n" + long_body +
      "\r\n0\r\n\r\n";
  for (const auto& bytes : {with_length, chunked}) {
    for (const std::size_t step : {1U, 7U, 100U, 5000U}) {
      State state{};
      RequestReader reader(kLimits);
      EXPECT_EQ(passed_on(reader, bytes, step, state), long_body);
      EXPECT_EQ(state, State::kComplete) << step;
    }
  }
}

TEST(RequestReader, ABodyThatIsPassedOnIsCheckedAllTheSame) {
  State state{};
  RequestReader reader(kLimits);
  passed_on(reader, "POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", 100,
            state);
  EXPECT_EQ(state, State::kFailed);
}

TEST(RequestReader, TrailersOfABodyThatIsPassedOnAreKept) {
  const std::string_view bytes =
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nX-Sum: 1\r\nHost: trailer\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    State state{};
    RequestReader reader(kLimits);
    EXPECT_EQ(passed_on(reader, bytes, step, state), "abc");
    ASSERT_EQ(state, State::kComplete) << step;
    ASSERT_EQ(reader.trailers().size(), 2U);
    EXPECT_EQ(reader.trailers().find("x-sum"), "1");
    EXPECT_EQ(reader.head().headers.find("host"), "x");
  }
}

TEST(RequestReader, TrailersAreBounded) {
  std::string bytes = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (int i = 0; i < 60; ++i) bytes += "a: bcdef\r\n";
  State state{};
  RequestReader reader(kLimits);
  passed_on(reader, bytes + "\r\n", bytes.size() + 2, state);
  EXPECT_EQ(state, State::kFailed);
  EXPECT_EQ(reader.failure().status, 400);
}

TEST(RequestReader, APausedBodyCanStillBeCollected) {
  RequestReader reader(kLimits);
  reader.pause_at_head();
  std::string kept = "POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhello";
  auto progress = reader.feed(kept);
  ASSERT_EQ(progress.state, State::kHead);
  kept.erase(0, progress.consumed);
  EXPECT_TRUE(reader.collect());
  progress = reader.feed(kept);
  ASSERT_EQ(progress.state, State::kComplete);
  EXPECT_EQ(reader.take().body, "hello");
}

TEST(RequestReader, ATooLargeBodyIsRefusedWhenItIsToBeCollected) {
  RequestReader reader(kLimits);
  reader.pause_at_head();
  ASSERT_EQ(reader.feed("POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 33\r\n\r\n").state,
            State::kHead);
  EXPECT_FALSE(reader.collect());
  EXPECT_EQ(reader.failure().status, 413);
}

}  // namespace
}  // namespace rig::transport

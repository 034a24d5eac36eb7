#include "io/http_target.hpp"

#include "io/testing/target.hpp"

#include <rig/http_client/testing/server.hpp>

#include <gtest/gtest.h>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <string>

namespace rig::proxy {
namespace {

using http_client::Peer;
using http_client::Server;
using Outcome = Forwarded::Outcome;

constexpr std::size_t kTotal = std::size_t{64} << 20;
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kMemoryMax = std::size_t{1} << 20;

/// Bytes that tell if one of them is lost or in the wrong place.
char byte_at(std::size_t i) { return static_cast<char>((i * 31) ^ (i >> 8U) ^ (i >> 17U)); }

class Pattern {
 public:
  std::string next(std::size_t size) {
    std::string piece(size, '\0');
    for (char& c : piece) c = byte_at(at_++);
    return piece;
  }
  void check(std::string_view piece) {
    is_right_ =
        is_right_ && std::ranges::all_of(piece, [&](char c) { return c == byte_at(at_++); });
  }
  [[nodiscard]] std::size_t size() const { return at_; }
  [[nodiscard]] bool is_right() const { return is_right_; }

 private:
  std::size_t at_ = 0;
  bool is_right_ = true;
};

void write_all(Peer& peer, bool is_chunked) {
  Pattern pattern;
  while (pattern.size() < kTotal) {
    const auto piece = pattern.next(kPiece);
    if (is_chunked) peer.write("10000\r\n");
    peer.write(piece);
    if (is_chunked) peer.write("\r\n");
  }
  if (is_chunked) peer.write("0\r\n\r\n");
}

/// The heap of the whole program: the gateway's part of it and the test's few buffers.
std::size_t heap() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

class LargeBodies : public testing::TestWithParam<bool> {};

TEST_P(LargeBodies, Download) {
  const bool is_chunked = GetParam();
  const Server server([&](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n");
    peer.write(is_chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                          : "Content-Length: " + std::to_string(kTotal) + "\r\n\r\n");
    write_all(peer, is_chunked);
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  Pattern seen;
  std::size_t largest = 0;
  const auto heap_before = heap();
  std::size_t heap_most = 0;
  client->sink = [&](std::string_view piece) {
    seen.check(piece);
    largest = std::max(largest, piece.size());
    heap_most = std::max(heap_most, heap());
  };
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(result.bytes_down, kTotal);
  EXPECT_EQ(seen.size(), kTotal);
  EXPECT_TRUE(seen.is_right());
  EXPECT_LE(largest, kPiece + 1024);
  EXPECT_LT(heap_most, heap_before + kMemoryMax);
  EXPECT_EQ(target.connections(), 1);
}

TEST_P(LargeBodies, Upload) {
  const bool is_chunked = GetParam();
  Pattern seen;
  const Server server([&](Peer& peer) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) head += peer.read_some();
    std::string rest = head.substr(head.find("\r\n\r\n") + 4);
    BodyReader reader(is_chunked ? Framing{Framing::Kind::kChunked, 0}
                                 : Framing{Framing::Kind::kLength, kTotal});
    while (!reader.is_done()) {
      const auto step = reader.next(rest);
      seen.check(step.piece);
      rest.erase(0, step.consumed);
      if (step.state == BodyReader::State::kNeedMore) rest += peer.read_some();
    }
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client("POST");
  Pattern sent;
  std::string piece;
  client->is_chunked = is_chunked;
  if (!is_chunked) client->length = kTotal;
  const auto heap_before = heap();
  std::size_t heap_most = 0;
  client->source = [&]() -> std::string_view {
    piece = sent.size() < kTotal ? sent.next(16384) : std::string();
    heap_most = std::max(heap_most, heap());
    return piece;
  };
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(result.bytes_up, kTotal);
  EXPECT_EQ(seen.size(), kTotal);
  EXPECT_TRUE(seen.is_right());
  EXPECT_LT(heap_most, heap_before + kMemoryMax);
  EXPECT_EQ(target.connections(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, LargeBodies, testing::Bool(),
                         [](const auto& info) { return info.param ? "Chunked" : "OfKnownLength"; });

/// Sends back what it gets, as chunks.
void echo_chunks(Peer& peer) {
  std::string rest;
  while (rest.find("\r\n\r\n") == std::string::npos) rest += peer.read_some();
  rest.erase(0, rest.find("\r\n\r\n") + 4);
  peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  BodyReader reader(Framing{Framing::Kind::kChunked, 0});
  while (!reader.is_done()) {
    const auto step = reader.next(rest);
    if (!step.piece.empty()) {
      std::array<char, 16> size;
      const auto end = std::to_chars(size.data(), size.data() + size.size(), step.piece.size(), 16);
      peer.write(std::string(size.data(), end.ptr) + "\r\n" + std::string(step.piece) + "\r\n");
    }
    rest.erase(0, step.consumed);
    if (step.state == BodyReader::State::kNeedMore) rest += peer.read_some();
  }
  peer.write("0\r\n\r\n");
  peer.wait_until_closed();
}

TEST(LargeBodies, BothWaysAtOnce) {
  const Server server(echo_chunks);
  TestTarget target;
  const auto client = target.client("POST");
  client->is_chunked = true;
  Pattern sent;
  std::string piece;
  client->source = [&]() -> std::string_view {
    piece = sent.size() < kTotal ? sent.next(16384) : std::string();
    return piece;
  };
  Pattern seen;
  client->sink = [&](std::string_view bytes) { seen.check(bytes); };
  const auto result = target.send(*client, server.url());
  EXPECT_EQ(result.outcome, Outcome::kRelayed) << result.reason;
  EXPECT_EQ(seen.size(), kTotal);
  EXPECT_TRUE(seen.is_right());
  EXPECT_EQ(target.connections(), 1);
}

TEST(LargeBodies, SlowClientHoldsTheBackendBack) {
  std::atomic<std::size_t> sent{0};
  const Server server([&](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kTotal) + "\r\n\r\n");
    const std::string piece(kPiece, 'x');
    for (std::size_t i = 0; i < kTotal / kPiece; ++i) {
      peer.write(piece);
      sent += piece.size();
    }
    peer.wait_until_closed();
  });
  TestTarget target;
  const auto client = target.client();
  client->takes_nothing = true;
  auto result = target.begin(*client, TestTarget::request(server.url(), *client));
  EXPECT_TRUE(target.eventually([&] { return client->writes == 1; }));
  // Nothing moves any more when two looks see the same.
  std::size_t before = 0;
  do {
    before = sent;
    EXPECT_EQ(result.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout);
  } while (sent != before);
  EXPECT_LT(sent, kTotal / 2);
  EXPECT_EQ(client->writes, 1U);
  target.on_shard([&] { client->go_on(); });
  EXPECT_EQ(result.get().outcome, Outcome::kRelayed);
  EXPECT_EQ(client->body.size(), kTotal);
}

}  // namespace
}  // namespace rig::proxy

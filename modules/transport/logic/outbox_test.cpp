#include "logic/outbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::transport {
namespace {

ChunkRef chunk(const std::string& text) { return ChunkRef(new Chunk("<" + text + ">", 1, 1)); }

std::string peeked(const Outbox& outbox, std::size_t max = 100) {
  std::vector<std::string_view> pieces;
  outbox.peek(pieces, max);
  std::string text;
  for (const auto piece : pieces) text += piece;
  return text;
}

/// Whatever the socket takes at a time, everything leaves once, in order.
TEST(Outbox, AnySequenceOfPartialWritesSendsAllBytesInOrder) {
  for (std::size_t step = 1; step < 12; ++step) {
    Outbox outbox(true);
    std::string expected;
    std::string sent;
    int done = 0;
    for (int i = 0; i < 40; ++i) {
      const std::string text(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
      outbox.push(chunk(text));
      expected += "<" + text + ">";
      const auto next = peeked(outbox, 2).substr(0, step);
      sent += next;
      outbox.consume(next.size(), [&](Chunk&) { ++done; });
      EXPECT_EQ(outbox.bytes(), expected.size() - sent.size());
    }
    while (!outbox.empty()) {
      const auto next = peeked(outbox).substr(0, step);
      sent += next;
      outbox.consume(next.size(), [&](Chunk&) { ++done; });
    }
    EXPECT_EQ(sent, expected);
    EXPECT_EQ(done, 40);
    EXPECT_EQ(outbox.bytes(), 0u);
  }
}

TEST(Outbox, PlainConnectionGetsNoFraming) {
  Outbox outbox(false);
  outbox.push(chunk("abc"));
  EXPECT_EQ(peeked(outbox), "abc");
}

}  // namespace
}  // namespace rig::transport

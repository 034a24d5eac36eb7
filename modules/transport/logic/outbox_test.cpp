#include "logic/outbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rig::transport {
namespace {

ChunkRef chunk(const std::string& text) {
  return ChunkRef(new Chunk({.bytes = "<" + text + ">", .prefix = 1, .suffix = 1}, {}, nullptr));
}

/// "<", the text of an event, ">".
ChunkRef event_chunk(std::string text, std::string type = "t", std::string subject = "") {
  cloudevents::Event::Parts parts;
  parts.type = std::move(type);
  parts.subject = std::move(subject);
  parts.json = std::move(text);
  auto event = std::make_shared<const cloudevents::Event>(std::move(parts));
  const std::string_view json = event->json();
  return ChunkRef(new Chunk({.bytes = "<>", .split = 1}, json, std::move(event)));
}

std::string peeked(const Outbox& outbox, std::size_t max = 1000) {
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
      outbox.push(i % 2 == 0 ? chunk(text) : event_chunk(text), 0);
      expected += "<" + text + ">";
      const auto next = peeked(outbox, 4).substr(0, step);
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
  outbox.push(chunk("abc"), 0);
  EXPECT_EQ(peeked(outbox), "abc");
}

TEST(Outbox, DropsTheOldestEventsAndMarksThePlace) {
  Outbox outbox(true);
  outbox.push(chunk("no event"), 1);
  for (const char c : {'1', '2', '3', '4'}) outbox.push(event_chunk(std::string(22, c)), 2);
  const auto mark = [](const cloudevents::Event& first) {
    return chunk("gap before " + first.json().substr(0, 1));
  };
  EXPECT_EQ(outbox.drop_oldest(60, 0, mark), 3U);
  EXPECT_EQ(peeked(outbox), "<no event><gap before 1><" + std::string(22, '4') + ">");
  EXPECT_EQ(outbox.bytes(), peeked(outbox).size());
}

TEST(Outbox, DropsWhatIsTooOld) {
  Outbox outbox(true);
  outbox.push(event_chunk("1"), 5);
  outbox.push(event_chunk("2"), 6);
  outbox.push(event_chunk("3"), 7);
  EXPECT_EQ(outbox.oldest(), 5U);
  EXPECT_EQ(outbox.drop_oldest(1000, 7, [](const auto&) { return chunk("gap"); }), 2U);
  EXPECT_EQ(peeked(outbox), "<gap><3>");
}

TEST(Outbox, WhatIsHalfSentStays) {
  Outbox outbox(true);
  outbox.push(event_chunk("first"), 0);
  outbox.push(event_chunk("second"), 0);
  outbox.push(event_chunk("third"), 0);
  outbox.consume(3, [](Chunk&) {});
  EXPECT_EQ(outbox.drop_oldest(0, 0, [](const auto&) { return chunk("gap"); }), 2U);
  EXPECT_EQ(peeked(outbox), "rst><gap>");
  EXPECT_EQ(outbox.bytes(), peeked(outbox).size());
}

TEST(Outbox, ConflationKeepsTheNewestOfEachTypeAndSubject) {
  Outbox outbox(true);
  outbox.push(event_chunk("half", "t"), 0);
  outbox.consume(1, [](Chunk&) {});
  outbox.push(event_chunk("a1", "t", "a"), 0);
  outbox.push(event_chunk("b1", "t", "b"), 0);
  outbox.push(chunk("note"), 0);
  outbox.push(event_chunk("a2", "t", "a"), 0);
  outbox.push(event_chunk("u", "u", "a"), 0);
  outbox.push(event_chunk("b2", "t", "b"), 0);
  outbox.push(event_chunk("t", "t"), 0);
  EXPECT_EQ(outbox.conflate(), 2U);
  EXPECT_EQ(peeked(outbox), "half><note><a2><u><b2><t>");
  EXPECT_EQ(outbox.bytes(), peeked(outbox).size());
}

}  // namespace
}  // namespace rig::transport

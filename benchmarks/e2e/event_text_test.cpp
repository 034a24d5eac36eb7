#include "event_text.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rig::bench {
namespace {

constexpr std::size_t kBytes = 256;

EventMark some_mark() {
  EventMark mark;
  mark.publisher = 3;
  mark.key = 4711;
  mark.sequence = 99;
  mark.intended = Nanos{123456789012};
  return mark;
}

std::string written(const EventText& text, const EventMark& mark) {
  std::string out;
  text.append(mark, out);
  return out;
}

TEST(EventText, HasTheWantedSizeAndIsReadBack) {
  for (const std::size_t bytes : {EventText::kBytesMin, kBytes, std::size_t{4096}}) {
    EventText text(bytes);
    const std::string event = written(text, some_mark());
    EXPECT_EQ(event.size(), bytes);
    EXPECT_EQ(text.read(event), some_mark());
    EXPECT_EQ(text.read(event), some_mark()) << "the second time it comes from memory";
  }
}

TEST(EventText, IsACloudEventWithTheKeyInItsData) {
  const std::string event = written(EventText(kBytes), some_mark());
  EXPECT_TRUE(
      event.starts_with(R"({"specversion":"1.0","type":"bench","source":"/bench/0003","id":")"));
  EXPECT_NE(event.find(R"("data":{"k":"4711",)"), std::string::npos);
}

TEST(EventText, AnyChangedByteIsNoticed) {
  EventText text(kBytes);
  const std::string event = written(text, some_mark());
  for (std::size_t at = 0; at < event.size(); ++at) {
    std::string changed = event;
    changed[at] = changed[at] == '#' ? '+' : '#';
    EXPECT_FALSE(text.read(changed).has_value()) << at;
  }
}

TEST(EventText, AnotherSizeIsNoticed) {
  EventText text(kBytes);
  const std::string event = written(text, some_mark());
  EXPECT_FALSE(text.read("").has_value());
  EXPECT_FALSE(text.read(event.substr(1)).has_value());
  EXPECT_FALSE(text.read(event + ' ').has_value());
}

TEST(EventText, ThousandsOfEventsAreReadAgainAndAgain) {
  EventText text(kBytes);
  std::vector<std::string> events;
  for (std::uint32_t sequence = 0; sequence < 20'000; ++sequence) {
    EventMark mark = some_mark();
    mark.sequence = sequence;
    events.push_back(written(text, mark));
  }
  for (int client = 0; client < 2; ++client) {
    for (std::uint32_t sequence = 0; sequence < events.size(); ++sequence) {
      const auto mark = text.read(events[sequence]);
      ASSERT_TRUE(mark.has_value()) << sequence;
      EXPECT_EQ(mark->sequence, sequence);
    }
  }
}

TEST(EventText, OfAnotherTypeItIsNoEvent) {
  EventText bystander(kBytes, kBystanderType);
  const std::string event = written(bystander, some_mark());
  EXPECT_EQ(event.size(), kBytes);
  EXPECT_EQ(bystander.read(event), some_mark());
  EXPECT_FALSE(EventText(kBytes).read(event).has_value());
}

}  // namespace
}  // namespace rig::bench

// Groups 1 to 5, 7, 9 and 10 are those of the Autobahn|Testsuite; group 6 is in
// ws_reader_utf8_test, 12 and 13 are in ws_deflate_test.

#include "logic/ws_reader.hpp"

#include "logic/ws_testing.hpp"

#include <initializer_list>
#include <utility>

namespace rig::transport {
namespace {

using namespace ws_testing;
using namespace std::string_literals;
using Kind = WsItem::Kind;

struct Case {
  std::string name, bytes;
  Items items;
};

void expect_heard(const std::vector<Case>& cases, Reading reading = {}) {
  for (const auto& c : cases) EXPECT_EQ(hear(c.bytes, reading), c.items) << c.name;
}

TEST(WsReader, Case1FramingMessagesOfEachLengthFormArrive) {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 125, 126, 127, 128, 65535, 65536}) {
    const std::string text(size, '*');
    const std::string bytes(size, '\xfe');
    EXPECT_EQ(hear(frame(kText, text)), Items{message_item(Kind::kText, text)}) << size;
    EXPECT_EQ(hear(frame(kBinary, bytes)), Items{message_item(Kind::kBinary, bytes)}) << size;
  }
}

TEST(WsReader, Case1FramingEachByteOfAMessageIsUnmasked) {
  std::string bytes;
  for (unsigned i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  for (std::size_t size = 0; size < 40; ++size) {
    const auto part = std::string_view(bytes).substr(size, size);
    EXPECT_EQ(hear(frame(kBinary, part)), Items{message_item(Kind::kBinary, part)}) << size;
  }
  EXPECT_EQ(hear(frame(kBinary, bytes)), Items{message_item(Kind::kBinary, bytes)});
}

TEST(WsReader, Case1FramingMessagesFollowOneAnother) {
  EXPECT_EQ(hear(frame(kText, "a") + frame(kBinary, "b") + frame(kText, "")),
            (Items{"text a", "binary b", "text"}));
}

TEST(WsReader, Case1FramingRefusesWhatIsNoClientFrame) {
  const std::string mask = "abcd";
  expect_heard({
      {"not masked", frame(kText, "hello", {.masked = false}), {"failure 1002"}},
      {"a ping that is not masked", frame(kPing, "", {.masked = false}), {"failure 1002"}},
      {"16 bits for a short length", "\x81\xfe\x00\x7d"s + mask, {"failure 1002"}},
      {"64 bits for no length", "\x82\xff"s + std::string(8, '\0') + mask, {"failure 1002"}},
      {"64 bits for a length of 16", "\x82\xff"s + big_endian(0xFFFF, 8), {"failure 1002"}},
      {"the highest bit of a length",
       "\x82\xff"s + big_endian(1ULL << 63 | 5, 8),
       {"failure 1002"}},
      {"a long continuation", fragment(kText, "a") + "\x80\xfe\x00\x01"s + mask, {"failure 1002"}},
      {"something else than a WebSocket", "GET / HTTP/1.1\r\n\r\n", {"failure 1002"}},
  });
}

TEST(WsReader, Case2PingsAndPongsComeWithTheirPayload) {
  const std::string longest(125, '\xfe');
  std::string ten_pings;
  Items ten_items;
  for (int i = 0; i < 10; ++i) {
    ten_pings += frame(kPing, "payload " + std::to_string(i));
    ten_items.push_back("ping payload " + std::to_string(i));
  }
  expect_heard({
      {"an empty ping", frame(kPing, ""), {"ping"}},
      {"text", frame(kPing, "Hello, world!"), {"ping Hello, world!"}},
      {"bytes",
       frame(kPing, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"s),
       {"ping \x00\xff\xfe\xfd\xfc\xfb\x00\xff"s}},
      {"the longest", frame(kPing, longest), {"ping " + longest}},
      {"too long", frame(kPing, longest + '\xfe'), {"failure 1002"}},
      {"too long by far", frame(kPing, std::string(70000, 'x')), {"failure 1002"}},
      {"a pong too long", frame(kPong, longest + '\xfe'), {"failure 1002"}},
      {"a pong that nobody asked for", frame(kPong, ""), {"pong"}},
      {"a pong with payload", frame(kPong, "unsolicited"), {"pong unsolicited"}},
      {"a pong, then a ping", frame(kPong, "p") + frame(kPing, "q"), {"pong p", "ping q"}},
      {"ten pings", ten_pings, ten_items},
  });
}

TEST(WsReader, Case3ReservedBitsAreRefused) {
  const std::string hello = frame(kText, "Hello, world!");
  const auto with_rsv = [](unsigned opcode, unsigned rsv) {
    return frame(opcode, "Hello, world!", {.rsv = rsv});
  };
  const std::string ping = frame(kPing, "");
  expect_heard({
      {"RSV3 of a text", with_rsv(kText, 1), {"failure 1002"}},
      {"RSV2 behind a message",
       hello + with_rsv(kText, 2) + ping,
       {"text Hello, world!", "failure 1002"}},
      {"RSV2 and 3", hello + with_rsv(kText, 3) + ping, {"text Hello, world!", "failure 1002"}},
      {"RSV1", hello + with_rsv(kText, 4) + ping, {"text Hello, world!", "failure 1002"}},
      {"RSV1 and 3 of a binary", with_rsv(kBinary, 5), {"failure 1002"}},
      {"RSV1 and 2 of a ping", with_rsv(kPing, 6), {"failure 1002"}},
      {"all of a close", frame(kClose, close_payload(1000), {.rsv = 7}), {"failure 1002"}},
      {"RSV1 of a continuation", fragment(kText, "a") + with_rsv(kContinue, 4), {"failure 1002"}},
  });
}

TEST(WsReader, Case3OnlyDeflateAllowsRsv1AndOnlyAtTheStartOfAMessage) {
  const auto with_rsv = [](unsigned opcode, unsigned rsv) {
    return frame(opcode, "a", {.rsv = rsv});
  };
  expect_heard(
      {
          {"RSV2", with_rsv(kText, 2), {"failure 1002"}},
          {"RSV3", with_rsv(kBinary, 1), {"failure 1002"}},
          {"RSV1 and 2", with_rsv(kText, 6), {"failure 1002"}},
          {"of a continuation", fragment(kText, "a") + with_rsv(kContinue, 4), {"failure 1002"}},
          {"of a ping", with_rsv(kPing, 4), {"failure 1002"}},
          {"of a pong", with_rsv(kPong, 4), {"failure 1002"}},
          {"of a close", frame(kClose, "", {.rsv = 4}), {"failure 1002"}},
          {"not set", frame(kText, "a"), {"text a"}},
      },
      {.deflate = true});
}

TEST(WsReader, Case4ReservedOpcodesAreRefused) {
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    const std::string name = "opcode " + std::to_string(opcode);
    expect_heard({
        {name, frame(opcode, ""), {"failure 1002"}},
        {name + " with payload", frame(opcode, "reserved"), {"failure 1002"}},
        {name + " behind a message",
         frame(kText, "a") + frame(opcode, "b") + frame(kPing, ""),
         {"text a", "failure 1002"}},
        {name + " within a message", fragment(kText, "a") + frame(opcode, "b"), {"failure 1002"}},
    });
  }
}

TEST(WsReader, Case5FragmentsBecomeOneMessage) {
  const std::string last = frame(kContinue, "fragment2");
  expect_heard({
      {"two", fragment(kText, "fragment1") + last, {"text fragment1fragment2"}},
      {"binary", fragment(kBinary, "fragment1") + last, {"binary fragment1fragment2"}},
      {"a ping between",
       fragment(kText, "fragment1") + frame(kPing, "ping") + last,
       {"ping ping", "text fragment1fragment2"}},
      {"pings and pongs between",
       fragment(kText, "1") + fragment(kContinue, "2") + frame(kPing, "first") +
           fragment(kContinue, "3") + fragment(kContinue, "4") + frame(kPing, "second") +
           frame(kPong, "") + frame(kContinue, "5"),
       {"ping first", "ping second", "pong", "text 12345"}},
      {"empty fragments",
       fragment(kText, "") + fragment(kContinue, "a") + fragment(kContinue, "") +
           frame(kContinue, ""),
       {"text a"}},
      {"then another message",
       fragment(kText, "1") + frame(kContinue, "2") + frame(kText, "3"),
       {"text 12", "text 3"}},
  });
}

TEST(WsReader, Case5FragmentsInTheWrongOrderAreRefused) {
  const std::string text = frame(kText, "fragment");
  const std::string whole = fragment(kText, "1") + frame(kContinue, "2");
  expect_heard({
      {"a ping in two", fragment(kPing, "1") + frame(kContinue, "2"), {"failure 1002"}},
      {"a pong in two", fragment(kPong, "1") + frame(kContinue, "2"), {"failure 1002"}},
      {"a close in two", fragment(kClose, "") + frame(kContinue, ""), {"failure 1002"}},
      {"nothing to continue", frame(kContinue, "1") + text, {"failure 1002"}},
      {"nothing to continue, more to come", fragment(kContinue, "1") + text, {"failure 1002"}},
      {"nothing more to continue",
       whole + fragment(kContinue, "3") + text,
       {"text 12", "failure 1002"}},
      {"a ping is nothing to continue",
       frame(kPing, "") + frame(kContinue, "1"),
       {"ping", "failure 1002"}},
      {"a text within a text", fragment(kText, "1") + frame(kText, "2"), {"failure 1002"}},
      {"a binary within a text", fragment(kText, "1") + fragment(kBinary, "2"), {"failure 1002"}},
      {"a text behind a ping in a text",
       fragment(kText, "1") + frame(kPing, "") + text,
       {"ping", "failure 1002"}},
  });
}

TEST(WsReader, Case7NothingIsHeardBehindAClose) {
  const std::string close = frame(kClose, close_payload(1000, "bye"));
  const std::string large(std::size_t{256} * 1024, 'x');
  expect_heard({
      {"a message before", frame(kText, "a") + close, {"text a", "close 1000 bye"}},
      {"another close", close + close, {"close 1000 bye"}},
      {"a ping", close + frame(kPing, ""), {"close 1000 bye"}},
      {"a message", close + frame(kText, "a"), {"close 1000 bye"}},
      {"garbage", close + "\xff\xff\xff", {"close 1000 bye"}},
      {"in a message", fragment(kText, "1") + close + frame(kContinue, "2"), {"close 1000 bye"}},
      {"in the middle of a character", fragment(kText, "\xe2\x82") + close, {"close 1000 bye"}},
      {"a large message before",
       frame(kText, large) + close + frame(kPing, ""),
       {message_item(Kind::kText, large), "close 1000 bye"}},
      {"a failure, then a close", frame(3, "") + close, {"failure 1002"}},
  });
}

TEST(WsReader, Case7CloseFramesOfEachLength) {
  const std::string longest(123, '*');
  expect_heard({
      {"empty", frame(kClose, ""), {"close 1005"}},
      {"one byte", frame(kClose, "\x03"), {"failure 1002"}},
      {"only a code", frame(kClose, close_payload(1000)), {"close 1000"}},
      {"the longest reason",
       frame(kClose, close_payload(1000, longest)),
       {"close 1000 " + longest}},
      {"a reason too long", frame(kClose, close_payload(1000, longest + '*')), {"failure 1002"}},
      {"a reason that is no UTF-8",
       frame(kClose, close_payload(1000, "edit\xed\xa0\x80")),
       {"failure 1007"}},
      {"a reason that ends in a character",
       frame(kClose, close_payload(1000, "\xe2\x82")),
       {"failure 1007"}},
  });
}

TEST(WsReader, Case7CodesThatMayBeSentAndOthers) {
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U,
                              1013U, 1014U, 3000U, 3999U, 4000U, 4999U}) {
    EXPECT_EQ(hear(frame(kClose, close_payload(code))), Items{"close " + std::to_string(code)});
  }
  for (const unsigned code :
       {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65535U}) {
    EXPECT_EQ(hear(frame(kClose, close_payload(code))), Items{"failure 1002"}) << code;
  }
}

TEST(WsReader, Case9LargeMessagesArriveWholeAndInFragments) {
  constexpr std::size_t kMax = std::size_t{16} << 20;
  for (const std::size_t size : {std::size_t{1} << 16, std::size_t{1} << 18, kMax}) {
    const std::string message(size, '*');
    const Reading reading{.message_bytes_max = kMax};
    EXPECT_EQ(hear(frame(kText, message), reading), Items{message_item(Kind::kText, message)});
    EXPECT_EQ(hear(frame(kBinary, message), reading), Items{message_item(Kind::kBinary, message)});
  }
  const std::string message(std::size_t{1} << 17, '*');
  for (const std::size_t step :
       std::initializer_list<std::size_t>{64, 256, 1024, 4096, 16384, 65536}) {
    EXPECT_EQ(hear(fragmented(kText, message, step)), Items{message_item(Kind::kText, message)});
    EXPECT_EQ(hear(fragmented(kBinary, message, step)),
              Items{message_item(Kind::kBinary, message)});
  }
}

TEST(WsReader, Case9AMessageBeyondTheLimitIsRefusedAtItsHead) {
  const auto head = [](unsigned first, std::uint64_t length) {
    return std::string(1, static_cast<char>(first)) + '\xff' + big_endian(length, 8);
  };
  const Reading reading{.message_bytes_max = 100000};
  const std::string fits(100000, 'x');
  expect_heard(
      {
          {"at the limit", frame(kText, fits), {message_item(Kind::kText, fits)}},
          {"one byte more, of which none has come", head(0x81, 100001), {"failure 1009"}},
          {"the longest there can be", head(0x82, ~0ULL >> 1), {"failure 1009"}},
          {"fragments at the limit",
           fragmented(kText, fits, 60000),
           {message_item(Kind::kText, fits)}},
          {"fragments beyond it",
           fragment(kText, std::string(60000, 'x')) + frame(kPing, "") + "\x80\xfe" +
               big_endian(40001, 2),
           {"ping", "failure 1009"}},
      },
      reading);
  expect_heard({{"an empty message", frame(kText, ""), {"text"}},
                {"a ping is no message", frame(kPing, "ping"), {"ping ping"}},
                {"any other", frame(kText, "a"), {"failure 1009"}}},
               {.message_bytes_max = 0});
}

TEST(WsReader, Case10AutomaticFragmentsBecomeOneMessage) {
  const std::string message(65536, '*');
  EXPECT_EQ(hear(fragmented(kText, message, 1300)), Items{message_item(Kind::kText, message)});
}

// There are many readers, and most of them wait.
static_assert(sizeof(WsReader) <= 24);

TEST(WsReader, HoldsMemoryOnlyWhileSomethingIsUnderWay) {
  WsReader reader(1000, true);
  EXPECT_TRUE(reader.is_idle());
  const auto feed = [&reader](std::string_view bytes) {
    const auto item = reader.feed(bytes);
    EXPECT_TRUE(bytes.empty());
    return item ? describe(*item) : "";
  };
  EXPECT_EQ(feed("\x81"), "");
  EXPECT_FALSE(reader.is_idle()) << "in a head";
  EXPECT_EQ(feed("\x81"s + "\0\0\0\0x"s), "text x");
  EXPECT_TRUE(reader.is_idle()) << "behind a message";
  EXPECT_EQ(feed(frame(kPing, "p")), "ping p");
  EXPECT_TRUE(reader.is_idle()) << "behind a ping";
  EXPECT_EQ(feed(fragment(kText, "1")), "");
  EXPECT_FALSE(reader.is_idle()) << "in a message";
  EXPECT_EQ(feed(frame(kPing, "")), "ping");
  EXPECT_FALSE(reader.is_idle()) << "behind a ping in a message";
  EXPECT_EQ(feed(frame(kContinue, "2")), "text 12");
  EXPECT_TRUE(reader.is_idle());
  EXPECT_EQ(feed(fragment(kText, "1")), "");
  EXPECT_EQ(feed(frame(kClose, "")), "close 1005");
  EXPECT_TRUE(reader.is_idle()) << "behind a close in a message";
}

TEST(WsReader, LeavesTheBytesBehindAnItem) {
  WsReader reader(1000, false);
  const std::string bytes = frame(kText, "1") + frame(kText, "2");
  std::string_view rest = bytes;
  ASSERT_TRUE(reader.feed(rest));
  EXPECT_EQ(rest, frame(kText, "2"));
  WsReader moved = std::move(reader);
  const auto second = moved.feed(rest);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->payload, "2");
  EXPECT_FALSE(moved.feed(rest));
}

}  // namespace
}  // namespace rig::transport

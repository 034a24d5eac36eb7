// Also groups 12 and 13 of the Autobahn|Testsuite: messages of many kinds and sizes, compressed,
// and the parameters of the offers.

#include "logic/ws_deflate.hpp"

#include "logic/ws_testing.hpp"

#include <initializer_list>
#include <random>

namespace rig::transport {
namespace {

using namespace ws_testing;
using namespace std::string_literals;
using Kind = WsItem::Kind;

constexpr std::size_t kPlenty = std::size_t{1} << 22;

std::string inflated(std::string_view compressed, std::size_t bytes_max = kPlenty) {
  const auto result = inflate_ws_message(compressed, bytes_max);
  return result ? *result : "failure " + std::to_string(static_cast<unsigned>(result.error()));
}

std::string random_bytes(std::size_t size) {
  std::mt19937 random(1);
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
  return bytes;
}

std::string json(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i)
    text += R"({"id":)" + std::to_string(i * 7919) + R"(,"name":"caf\u00e9 )" + "\xc3\xa9\"},";
  text.resize(size, ' ');
  while (!text.empty() && (text.back() & 0x80) != 0) text.pop_back();
  text.resize(size, ' ');
  return text;
}

TEST(WsDeflate, Case12MessagesComeBackAsTheyWere) {
  WsDeflater deflater;
  for (const std::size_t size : std::initializer_list<std::size_t>{
           0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072, 1048576}) {
    for (const auto& message : {json(size), random_bytes(size), std::string(size, '\0')}) {
      const auto compressed = deflater.compress(message);
      EXPECT_TRUE(inflated(compressed) == message) << size;
      EXPECT_FALSE(compressed.ends_with("\x00\x00\xff\xff"s)) << size;
    }
  }
  EXPECT_LT(deflater.compress(json(131072)).size(), 131072u / 4);
}

TEST(WsDeflate, Case12AMessageDoesNotDependOnTheOneBefore) {
  WsDeflater deflater;
  const auto first = deflater.compress("Hello, Hello, Hello");
  deflater.compress(random_bytes(100000));
  EXPECT_EQ(deflater.compress("Hello, Hello, Hello"), first);
}

TEST(WsDeflate, Case12CompressedMessagesAreReadInFragments) {
  WsDeflater deflater;
  const std::string text = json(131072);
  for (const std::size_t step :
       std::initializer_list<std::size_t>{256, 1024, 4096, 32768, 200000}) {
    const auto bytes = fragmented(kText, deflater.compress(text), step, 4) +
                       fragmented(kBinary, deflater.compress("second"), step, 4) +
                       frame(kText, "not compressed");
    EXPECT_EQ(hear(bytes, {.deflate = true}),
              (Items{message_item(Kind::kText, text), "binary second", "text not compressed"}))
        << step;
  }
}

// RFC 7692, 7.2.3.
TEST(WsDeflate, TheExamplesOfTheSpecificationAreRead) {
  const std::string whole = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;
  const std::string stored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s;
  const std::string last_block = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s;
  const std::string two_blocks = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s;
  for (const auto& compressed : {whole, stored, last_block, two_blocks}) {
    EXPECT_EQ(inflated(compressed), "Hello");
    EXPECT_EQ(hear(frame(kText, compressed, {.rsv = 4}), {.deflate = true}), Items{"text Hello"});
  }
  const std::string fragments = frame(kText, whole.substr(0, 3), {.fin = false, .rsv = 4}) +
                                frame(kPing, "between") + frame(kContinue, whole.substr(3));
  EXPECT_EQ(hear(fragments, {.deflate = true}), (Items{"ping between", "text Hello"}));
  EXPECT_EQ(inflated("\x00"s), "");
  EXPECT_EQ(inflated(""), "");
  EXPECT_EQ(WsDeflater().compress(""), "\x00"s);
}

TEST(WsDeflate, AStreamMayEndWithinAMessage) {
  const std::string ended = "\xf3\x48\xcd\xc9\xc9\x07\x00"s;
  EXPECT_EQ(inflated(ended), "Hello") << "without the byte behind it";
  EXPECT_EQ(inflated(ended + ended + '\0'), "HelloHello");
}

TEST(WsDeflate, CorruptDataIsRefused) {
  struct Case {
    std::string name, compressed;
  };
  const auto compressed = WsDeflater().compress(json(5000));
  for (const auto& c : {
           Case{"a block of no known type", "\x06"s},
           Case{"no complement of a stored length", "\x00\x05\x00\x05\x00hello"s},
           Case{"a distance before the start", "\x02\x08\x20\x00"s},
           Case{"half of a message", compressed.substr(0, compressed.size() / 2)},
           Case{"a byte too little", compressed.substr(0, compressed.size() - 1)},
           Case{"text", "Hello, world!"},
       }) {
    EXPECT_EQ(inflated(c.compressed), "failure 1007") << c.name;
    EXPECT_EQ(hear(frame(kBinary, c.compressed, {.rsv = 4}), {.deflate = true}),
              Items{"failure 1007"})
        << c.name;
  }
}

TEST(WsDeflate, WhatInflatesBeyondTheLimitIsRefused) {
  WsDeflater deflater;
  constexpr std::size_t kMax = 100000;
  for (const std::size_t size : {kMax, kMax + 1, 100 * kMax}) {
    const std::string message(size, 'x');
    const auto compressed = deflater.compress(message);
    ASSERT_LT(compressed.size(), kMax);
    const std::string expected = size <= kMax ? message : "failure 1009";
    EXPECT_TRUE(inflated(compressed, kMax) == expected) << size;
    EXPECT_EQ(
        hear(frame(kBinary, compressed, {.rsv = 4}), {.message_bytes_max = kMax, .deflate = true}),
        Items{size <= kMax ? message_item(Kind::kBinary, message) : expected});
  }
  EXPECT_EQ(inflated(deflater.compress(""), 0), "");
  EXPECT_EQ(inflated(deflater.compress("a"), 0), "failure 1009");
}

TEST(WsDeflate, WhatIsTooLongBeforeItInflatesIsRefusedAtItsHead) {
  const auto head = "\xc2\xff"s + big_endian(1 << 20, 8);
  EXPECT_EQ(hear(head, {.message_bytes_max = 100000, .deflate = true}), Items{"failure 1009"});
  // Random bytes do not compress; what the message may be, its frame may be a little more.
  const auto message = random_bytes(100000);
  const auto compressed = WsDeflater().compress(message);
  ASSERT_GT(compressed.size(), message.size());
  EXPECT_EQ(hear(frame(kBinary, compressed, {.rsv = 4}),
                 {.message_bytes_max = message.size(), .deflate = true}),
            Items{message_item(Kind::kBinary, message)});
}

TEST(WsDeflate, InflatedTextMustBeUtf8) {
  WsDeflater deflater;
  const auto text = [&](std::string_view message) {
    return hear(frame(kText, deflater.compress(message), {.rsv = 4}), {.deflate = true});
  };
  EXPECT_EQ(text("\xce\xba"), Items{"text \xce\xba"});
  EXPECT_EQ(text("edit\xed\xa0\x80"), Items{"failure 1007"});
  EXPECT_EQ(text("edit\xce"), Items{"failure 1007"});
  EXPECT_EQ(hear(frame(kBinary, deflater.compress("\xff"), {.rsv = 4}), {.deflate = true}),
            Items{"binary \xff"});
}

constexpr std::string_view kAnswer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

TEST(WsDeflateNegotiation, Case13AcceptsOffersWithoutAnyWindowKept) {
  for (const std::string_view offer : {
           "permessage-deflate",
           "  permessage-deflate\t",
           "Permessage-Deflate",
           "permessage-deflate; client_max_window_bits",
           "permessage-deflate;client_max_window_bits=8",
           "permessage-deflate; client_max_window_bits=15; client_no_context_takeover",
           "permessage-deflate ; client_max_window_bits = \"1\\0\"",
           "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
           "x-webkit-deflate-frame, permessage-deflate",
           "mux; max-channels=4; flow-control=\"yes\", permessage-deflate, permessage-deflate; x",
           "permessage-deflate; client_max_window_bits=7, permessage-deflate",
           "permessage-deflate; unknown, permessage-deflate; client_max_window_bits",
           "permessage-deflate; server_max_window_bits=10, permessage-deflate",
       }) {
    EXPECT_EQ(negotiate_ws_deflate(offer), kAnswer) << offer;
  }
}

TEST(WsDeflateNegotiation, Case13TheFirstOfferThatCanBeAcceptedWins) {
  const std::string with_bits = std::string(kAnswer) + "; server_max_window_bits=15";
  EXPECT_EQ(negotiate_ws_deflate("permessage-deflate; server_max_window_bits=15"), with_bits);
  EXPECT_EQ(negotiate_ws_deflate("permessage-deflate; server_max_window_bits=15; "
                                 "client_max_window_bits=12, permessage-deflate"),
            with_bits);
  EXPECT_EQ(
      negotiate_ws_deflate("permessage-deflate, permessage-deflate; server_max_window_bits=15"),
      kAnswer);
}

TEST(WsDeflateNegotiation, Case13DeclinesWhatItDoesNotKnowOrIsMalformed) {
  for (const std::string_view offer : {
           "",
           " ",
           "x-webkit-deflate-frame",
           "permessage-deflate-more",
           "permessage-deflate; unknown",
           "permessage-deflate; unknown=1",
           "permessage-deflate; server_no_context_takeover=1",
           "permessage-deflate; client_no_context_takeover=\"x\"",
           "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
           "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
           "permessage-deflate; server_max_window_bits",
           "permessage-deflate; server_max_window_bits=14",
           "permessage-deflate; server_max_window_bits=8",
           "permessage-deflate; server_max_window_bits=16",
           "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
           "permessage-deflate; client_max_window_bits=7",
           "permessage-deflate; client_max_window_bits=16",
           "permessage-deflate; client_max_window_bits=08",
           "permessage-deflate; client_max_window_bits=1",
           "permessage-deflate; client_max_window_bits=+9",
           "permessage-deflate; client_max_window_bits=100",
           "permessage-deflate; client_max_window_bits=",
           "permessage-deflate; client_max_window_bits=\"\"",
           "permessage-deflate; client_max_window_bits=\"10",
           "permessage-deflate; client_max_window_bits=\"1 0\"",
           "permessage-deflate; client_max_window_bits=\"10\\",
           "permessage-deflate;",
           "permessage-deflate; ;",
           "permessage-deflate,",
           ", permessage-deflate",
           "permessage-deflate; =10",
           "permessage-deflate client_max_window_bits",
           "permessage-deflate, \"",
           "permessage-deflate/1",
       }) {
    EXPECT_EQ(negotiate_ws_deflate(offer), std::nullopt) << offer;
  }
}

}  // namespace
}  // namespace rig::transport

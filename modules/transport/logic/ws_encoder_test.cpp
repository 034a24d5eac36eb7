#include "logic/ws_encoder.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

#include <memory>
#include <string>
#include <utility>

namespace rig::transport {
namespace {

cloudevents::EventRef event(std::string json) {
  cloudevents::Event::Parts parts;
  parts.type = "greeting";
  parts.json = std::move(json);
  return std::make_shared<const cloudevents::Event>(std::move(parts));
}

/// A frame of a server (RFC 6455, 5.2), taken apart; checked to be one.
struct Frame {
  unsigned first_byte = 0;
  std::string payload;
};

Frame frame_of(const std::string& bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
  Frame frame{byte(0), {}};
  std::size_t size = byte(1);
  std::size_t head = 2;
  if (size >= 126) {
    head = size == 126 ? 4 : 10;
    size = 0;
    for (std::size_t i = 2; i < head; ++i) size = size << 8 | byte(i);
  }
  EXPECT_EQ(bytes.size(), head + size) << "the length is that of the payload";
  frame.payload = bytes.substr(head);
  return frame;
}

constexpr unsigned kFinalText = 0x81;
constexpr unsigned kFinalCompressedText = 0xC1;

/// RFC 7692, 7.2.2.
std::string inflated(std::string payload) {
  payload.append("\x00\x00\xff\xff", 4);
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  std::string text(100'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(payload.data());
  stream.avail_in = static_cast<uInt>(payload.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_SYNC_FLUSH);
  EXPECT_EQ(stream.avail_in, 0u);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(WsEncoder, AnEventIsOneTextFrameWithItsText) {
  const auto chunk = encode_ws(event(R"({"a":1})"), {});
  const auto frame = frame_of(chunk->bytes(false));
  EXPECT_EQ(frame.first_byte, kFinalText);
  EXPECT_EQ(frame.payload, R"({"a":1})");
  EXPECT_NE(chunk->event(), nullptr);
}

TEST(WsEncoder, EachLengthHasItsHead) {
  for (const std::size_t size : {2u, 125u, 126u, 65535u, 65536u, 70000u}) {
    const auto text = "{" + std::string(size - 2, ' ') + "}";
    EXPECT_EQ(frame_of(encode_ws(event(text), {})->bytes(false)).payload, text);
  }
}

TEST(WsEncoder, TheCursorIsTheLastMember) {
  const auto frame = frame_of(encode_ws(event(R"({"a":{"b":1}})"), "x-1-2")->bytes(false));
  EXPECT_EQ(frame.payload, R"({"a":{"b":1},"rigcursor":"x-1-2"})");
}

TEST(WsEncoder, WhiteSpaceBehindTheObjectIsNoObstacle) {
  for (const auto* space : {" ", "\n", "\r\n\t ", " \n \n"}) {
    const std::string json = std::string("{\"a\":\"}\" }") + space;
    EXPECT_EQ(frame_of(encode_ws(event(json), {})->bytes(false)).payload, json);
    EXPECT_EQ(frame_of(encode_ws(event(json), "c")->bytes(false)).payload,
              R"({"a":"}" ,"rigcursor":"c"})");
    EXPECT_EQ(with_cursor(json, "c"), R"({"a":"}" ,"rigcursor":"c"})");
  }
}

TEST(WsEncoder, TheTextOfAnEventIsNotCopied) {
  const auto shared = event(R"({"a":1})");
  for (const auto* cursor : {"", "c"}) {
    const auto chunk = encode_ws(shared, cursor);
    EXPECT_EQ(chunk->pieces(false)[1].data(), shared->json().data()) << cursor;
  }
}

TEST(WsEncoder, ThereIsNoTransferCodingAroundAFrame) {
  WsDeflater deflater;
  for (const auto& chunk : {encode_ws(event("{}"), {}), encode_ws(event("{}"), "c"),
                            encode_ws_deflated(event("{}"), "c", deflater)}) {
    EXPECT_EQ(chunk->bytes(true), chunk->bytes(false));
    EXPECT_EQ(chunk->size(true), chunk->bytes(true).size());
  }
}

TEST(WsEncoder, ADeflatedEventIsTheSameTextCompressed) {
  WsDeflater deflater;
  const std::string json = "{\"a\":\"" + std::string(5000, 'x') + "\"} \n";
  const auto frame = frame_of(encode_ws_deflated(event(json), {}, deflater)->bytes(false));
  EXPECT_EQ(frame.first_byte, kFinalCompressedText);
  EXPECT_LT(frame.payload.size(), 100u);
  EXPECT_EQ(inflated(frame.payload), json);
  const auto with = frame_of(encode_ws_deflated(event(json), "c", deflater)->bytes(false));
  EXPECT_EQ(inflated(with.payload), with_cursor(json, "c"));
}

// Shared by sockets that have seen different messages before.
TEST(WsEncoder, ADeflatedEventNeedsNoOtherBeforeIt) {
  WsDeflater deflater;
  const auto shared = event(R"({"a":"some text, some text"})");
  const auto first = encode_ws_deflated(shared, {}, deflater)->bytes(false);
  EXPECT_EQ(encode_ws_deflated(shared, {}, deflater)->bytes(false), first);
}

TEST(WsEncoder, ANoticeIsNoDelivery) {
  const auto own = event(R"({"type":"rig.gap"})");
  const auto chunk = encode_ws_notice(*own, {});
  EXPECT_EQ(frame_of(chunk->bytes(false)).payload, own->json());
  EXPECT_EQ(chunk->event(), nullptr);
  EXPECT_EQ(frame_of(encode_ws_notice(*own, "c")->bytes(false)).payload,
            R"({"type":"rig.gap","rigcursor":"c"})");
}

}  // namespace
}  // namespace rig::transport

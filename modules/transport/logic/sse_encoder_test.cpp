#include "logic/sse_encoder.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

ChunkRef encode(std::string json, std::string_view cursor = {}) {
  cloudevents::Event::Parts parts;
  parts.type = "greeting";
  parts.json = std::move(json);
  return encode_sse(std::make_shared<const cloudevents::Event>(std::move(parts)), cursor);
}

TEST(SseEncoder, OneEventIsOneChunk) {
  const auto chunk = encode(R"({"a":1})");
  EXPECT_EQ(chunk->bytes(false), "event: greeting\ndata: {\"a\":1}\n\n");
  EXPECT_EQ(chunk->bytes(true), "1f\r\nevent: greeting\ndata: {\"a\":1}\n\n\r\n");
  EXPECT_NE(chunk->event(), nullptr);
}

TEST(SseEncoder, EachLineOfTheTextIsADataLine) {
  EXPECT_EQ(encode("{\n\"a\":\r\n1\r}")->bytes(false),
            "event: greeting\ndata: {\ndata: \"a\":\ndata: 1\ndata: }\n\n");
  EXPECT_EQ(encode("{}\n")->bytes(false), "event: greeting\ndata: {}\ndata: \n\n");
}

TEST(SseEncoder, LargeEventHasAHexadecimalSize) {
  const auto chunk = encode(std::string(70000, 'x'));
  EXPECT_TRUE(chunk->bytes(true).starts_with("11188\r\nevent"));
  EXPECT_EQ(chunk->bytes(false).size(), 0x11188u);
}

TEST(SseEncoder, HeartbeatIsACommentAndNoEvent) {
  const auto chunk = encode_sse_comment("heartbeat");
  EXPECT_EQ(chunk->bytes(false), ": heartbeat\n\n");
  EXPECT_EQ(chunk->bytes(true), "d\r\n: heartbeat\n\n\r\n");
  EXPECT_EQ(chunk->event(), nullptr);
}

TEST(SseEncoder, TheCursorIsTheIdOfAnEvent) {
  EXPECT_EQ(encode("{}", "a-1-2")->bytes(false), "event: greeting\ndata: {}\nid: a-1-2\n\n");
  EXPECT_EQ(encode("{\n}", "a-1-2")->bytes(false),
            "event: greeting\ndata: {\ndata: }\nid: a-1-2\n\n");
}

TEST(SseEncoder, TheTextOfAnEventIsNotCopied) {
  const auto chunk = encode(R"({"a":1})");
  EXPECT_EQ(chunk->pieces(true)[1].data(), chunk->event()->json().data());
}

TEST(SseEncoder, SizesAreThoseOfTheBytes) {
  for (const auto& chunk :
       {encode("{}", "c"), encode("{\n}"), encode_sse_comment("x"), encode_sse_comment("y"),
        encode_sse_goodbye(std::chrono::milliseconds(3000))}) {
    EXPECT_EQ(chunk->size(true), chunk->bytes(true).size());
    EXPECT_EQ(chunk->size(false), chunk->bytes(false).size());
  }
}

TEST(SseEncoder, TheLastEventEndsTheBody) {
  const auto event = cloudevents::make_gateway_event("rig.session_killed", {});
  const auto last = encode_sse_last(*event);
  EXPECT_EQ(last->bytes(false), encode_sse_notice(*event, {})->bytes(false));
  EXPECT_EQ(last->bytes(true), encode_sse_notice(*event, {})->bytes(true) + "0\r\n\r\n");
}

TEST(SseEncoder, AGoodbyeSaysWhenToComeBackAndEndsTheBody) {
  const auto chunk = encode_sse_goodbye(std::chrono::milliseconds(3000));
  EXPECT_EQ(chunk->bytes(false), ": goodbye\nretry: 3000\n\n");
  EXPECT_EQ(chunk->bytes(true), "17\r\n: goodbye\nretry: 3000\n\n\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace rig::transport

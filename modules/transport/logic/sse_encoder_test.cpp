#include "logic/sse_encoder.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

ChunkRef encode(std::string json) {
  cloudevents::Event::Parts parts;
  parts.type = "greeting";
  parts.json = std::move(json);
  return encode_sse(cloudevents::Event(std::move(parts)));
}

TEST(SseEncoder, OneEventIsOneChunk) {
  const auto chunk = encode(R"({"a":1})");
  EXPECT_EQ(chunk->plain(), "event: greeting\ndata: {\"a\":1}\n\n");
  EXPECT_EQ(chunk->framed(), "1f\r\nevent: greeting\ndata: {\"a\":1}\n\n\r\n");
  EXPECT_TRUE(chunk->is_event());
}

TEST(SseEncoder, EachLineOfTheTextIsADataLine) {
  EXPECT_EQ(encode("{\n\"a\":\r\n1\r}")->plain(),
            "event: greeting\ndata: {\ndata: \"a\":\ndata: 1\ndata: }\n\n");
  EXPECT_EQ(encode("{}\n")->plain(), "event: greeting\ndata: {}\ndata: \n\n");
}

TEST(SseEncoder, LargeEventHasAHexadecimalSize) {
  const auto chunk = encode(std::string(70000, 'x'));
  EXPECT_TRUE(chunk->framed().starts_with("11188\r\nevent"));
  EXPECT_EQ(chunk->plain().size(), 0x11188u);
}

TEST(SseEncoder, HeartbeatIsACommentAndNoEvent) {
  const auto chunk = encode_sse_comment("heartbeat");
  EXPECT_EQ(chunk->plain(), ": heartbeat\n\n");
  EXPECT_EQ(chunk->framed(), "d\r\n: heartbeat\n\n\r\n");
  EXPECT_FALSE(chunk->is_event());
}

TEST(SseEncoder, LastChunkIsNothingWithoutChunks) {
  EXPECT_EQ(encode_last_chunk()->framed(), "0\r\n\r\n");
  EXPECT_EQ(encode_last_chunk()->plain(), "");
}

}  // namespace
}  // namespace rig::transport

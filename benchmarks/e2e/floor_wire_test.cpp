#include "floor_wire.hpp"

#include <gtest/gtest.h>

#include "http_reader.hpp"
#include "sse_reader.hpp"
#include "websocket.hpp"

namespace rig::bench {
namespace {

TEST(FloorWire, AnIdTellsItsPosition) {
  for (const std::uint64_t position : {0ULL, 35ULL, 36ULL, 123'456'789ULL, ~0ULL}) {
    EXPECT_EQ(floor_position(floor_id(position)), position);
  }
  for (const std::string_view id : {"", "rfloor1-", "rfloor1--t00000", "rfloor1-!-t00000",
                                    "rfloor1-1", "another-1-t00000", "rfloor1-t00000"}) {
    EXPECT_EQ(floor_position(id), std::nullopt) << id;
  }
}

TEST(FloorWire, ItsEventStreamIsOne) {
  const std::string stream = std::string(sse_head()) + sse_chunk("a.b", "{}", "i-1");
  HttpReader http;
  SseReader events;
  std::string_view in = stream;
  std::string_view body;
  ASSERT_EQ(http.next(in, body), HttpReader::Step::kBody);
  EXPECT_EQ(http.status(), 200);
  ASSERT_TRUE(events.next(body));
  EXPECT_EQ(events.type(), "a.b");
  EXPECT_EQ(events.data(), "{}");
  EXPECT_EQ(events.id(), "i-1");
  EXPECT_EQ(http.next(in, body), HttpReader::Step::kNeedMore);
}

TEST(FloorWire, ItsHandshakeIsOne) {
  const std::string head = ws_head(ws_nonce(1)) + ws_server_frame(WsOpcode::kText, "x");
  HttpReader http;
  std::string_view in = head;
  std::string_view body;
  ASSERT_EQ(http.next(in, body), HttpReader::Step::kEnd);
  EXPECT_EQ(http.status(), 101);
  EXPECT_EQ(http.websocket_accept(), ws_accept(ws_nonce(1)));
  WsReader frames;
  EXPECT_EQ(frames.next(in, body), WsReader::Step::kText);
  EXPECT_EQ(body, "x");
}

}  // namespace
}  // namespace rig::bench

#include "logic/ws_frame.hpp"

#include "logic/utf8_validator.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

namespace rig::transport {
namespace {

using namespace std::string_literals;

TEST(WsFrame, SaysTheLengthInItsShortestForm) {
  struct Case {
    std::size_t bytes;
    std::string length;
  };
  for (const auto& c : {
           Case{0, "\x00"s},
           Case{1, "\x01"s},
           Case{125, "\x7d"s},
           Case{126, "\x7e\x00\x7e"s},
           Case{0xFFFF, "\x7e\xff\xff"s},
           Case{0x10000, "\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s},
           Case{0x0123456789ABCDEF, "\x7f\x01\x23\x45\x67\x89\xab\xcd\xef"s},
       }) {
    EXPECT_EQ(ws_frame_head(WsOpcode::kText, c.bytes), "\x81"s + c.length) << c.bytes;
  }
}

TEST(WsFrame, IsWholeUnmaskedAndMarkedIfCompressed) {
  EXPECT_EQ(ws_frame_head(WsOpcode::kBinary, 3), "\x82\x03"s);
  EXPECT_EQ(ws_frame_head(WsOpcode::kText, 3, true), "\xc1\x03"s);
}

TEST(WsFrame, PingsAndPongsCarryTheirPayload) {
  EXPECT_EQ(ws_ping(), "\x89\x00"s);
  EXPECT_EQ(ws_ping("hi"), "\x89\x02hi"s);
  EXPECT_EQ(ws_pong(""), "\x8a\x00"s);
  EXPECT_EQ(ws_pong(std::string(125, 'x')), "\x8a\x7d"s + std::string(125, 'x'));
}

TEST(WsFrame, ACloseCarriesCodeAndReason) {
  EXPECT_EQ(ws_close(WsCloseCode::kNormal, "bye"), "\x88\x05\x03\xe8"s + "bye");
  EXPECT_EQ(ws_close(WsCloseCode::kGoingAway), "\x88\x02\x03\xe9"s);
  EXPECT_EQ(ws_close(WsCloseCode::kNoStatus, "not sent"), "\x88\x00"s);
}

TEST(WsFrame, ALongReasonIsCutAtACharacter) {
  EXPECT_EQ(ws_close(WsCloseCode::kNormal, std::string(123, 'x')),
            "\x88\x7d\x03\xe8"s + std::string(123, 'x'));
  EXPECT_EQ(ws_close(WsCloseCode::kNormal, std::string(124, 'x')),
            "\x88\x7d\x03\xe8"s + std::string(123, 'x'));
  for (const std::string character : {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (std::size_t ascii = 0; ascii < 4; ++ascii) {
      std::string reason(ascii, 'x');
      while (reason.size() < 200) reason += character;
      const std::string close = ws_close(WsCloseCode::kNormal, reason);
      const std::string sent = close.substr(4);
      EXPECT_LE(close.size(), 127u);
      EXPECT_GT(sent.size() + character.size(), 123u) << "cut more than needed";
      EXPECT_TRUE(is_utf8(sent)) << character << ascii;
      EXPECT_TRUE(reason.starts_with(sent));
    }
  }
}

TEST(WsFrame, KnowsTheCodesThatAClientMaySend) {
  for (unsigned code = 0; code <= std::numeric_limits<std::uint16_t>::max(); ++code) {
    const bool is_registered = code == 1000 || code == 1001 || code == 1002 || code == 1003 ||
                               (code >= 1007 && code <= 1014);
    const bool is_private = code >= 3000 && code < 5000;
    ASSERT_EQ(is_valid_close_code(static_cast<std::uint16_t>(code)), is_registered || is_private)
        << code;
  }
}

}  // namespace
}  // namespace rig::transport

// The frames that the tests send and the checks of those they get, against the examples of the
// RFCs.
#include "ws_frame.hpp"
#include "listener.hpp"
#include "ws_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace testkit {
namespace {

using namespace std::string_literals;

// What `read_frame` makes of bytes that come over a socket and then end.
WsFrame received(std::string_view bytes) {
  Listener listener;
  RawSocket server(listener.port());
  auto client = listener.accept();
  server.send(bytes);
  server.shutdown_send();
  return read_frame(client);
}

WsFrame from_server(WsOpcode opcode, std::string payload) {
  return {.opcode = opcode, .payload = std::move(payload), .masked = false};
}

TEST(WsFrame, IsWrittenAsTheExamplesOfTheRfc) {
  // RFC 6455, 5.7
  EXPECT_EQ(to_bytes(from_server(WsOpcode::kText, "Hello")), "\x81\x05Hello");
  EXPECT_EQ(to_bytes({.payload = "Hello"}), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  EXPECT_EQ(to_bytes({.payload = "Hel", .fin = false, .masked = false}), "\x01\x03Hel");
  EXPECT_EQ(to_bytes(from_server(WsOpcode::kContinuation, "lo")), "\x80\x02lo");
  EXPECT_EQ(to_bytes(from_server(WsOpcode::kBinary, std::string(256, 'x'))).substr(0, 4),
            "\x82\x7E\x01\x00"s);
  EXPECT_EQ(to_bytes(from_server(WsOpcode::kBinary, std::string(65536, 'x'))).substr(0, 10),
            "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(WsFrame, CanBeWrittenWrong) {
  EXPECT_EQ(to_bytes({.opcode = static_cast<WsOpcode>(11), .rsv = kRsv2, .masked = false}),
            "\xAB\x00"s);
  EXPECT_EQ(to_bytes({.payload = "a", .masked = false, .length = WsLength::kIn16Bits}),
            "\x81\x7E\x00\x01\x61"s);
  EXPECT_EQ(to_bytes({.payload = "a", .masked = false, .length = WsLength::kIn64Bits}),
            "\x81\x7F\x00\x00\x00\x00\x00\x00\x00\x01\x61"s);
  EXPECT_EQ(head_bytes({.masked = false}, 1'000'000), "\x81\x7F\x00\x00\x00\x00\x00\x0F\x42\x40"s);
}

TEST(WsFrame, OfEachLengthIsReadAsItWasWritten) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
    const auto frame = received(to_bytes(from_server(WsOpcode::kText, std::string(size, 'x'))));
    EXPECT_EQ(frame.payload, std::string(size, 'x'));
    EXPECT_EQ(frame.opcode, WsOpcode::kText);
    EXPECT_TRUE(frame.fin);
    EXPECT_EQ(frame.rsv, 0U);
  }
  const auto first =
      received(to_bytes({.payload = "x", .fin = false, .rsv = kRsv1, .masked = false}));
  EXPECT_FALSE(first.fin);
  EXPECT_EQ(first.rsv, kRsv1);
}

TEST(WsFrame, ThatNoServerMaySendIsAFailure) {
  const WsFrame wrong[] = {
      {.payload = "masked"},
      {.rsv = kRsv2, .masked = false},
      {.rsv = kRsv3, .masked = false},
      {.opcode = static_cast<WsOpcode>(3), .masked = false},
      {.opcode = static_cast<WsOpcode>(11), .masked = false},
      {.payload = "x", .masked = false, .length = WsLength::kIn16Bits},
      {.payload = std::string(65535, 'x'), .masked = false, .length = WsLength::kIn64Bits},
      {.opcode = WsOpcode::kPing, .fin = false, .masked = false},
      {.opcode = WsOpcode::kPing, .rsv = kRsv1, .masked = false},
      {.opcode = WsOpcode::kPong, .payload = std::string(126, 'x'), .masked = false},
  };
  for (const auto& frame : wrong) {
    EXPECT_THROW((void)received(to_bytes(frame)), Failure) << to_bytes(frame).substr(0, 20);
  }
  EXPECT_THROW((void)received("\x81\x05Hell"), Failure) << "half a frame";
}

TEST(WsFrame, ACloseHasACodeAndAReasonOrNeither) {
  const auto full = parse_close(from_server(WsOpcode::kClose, close_payload(1001, "bye")));
  EXPECT_EQ(full.code, 1001);
  EXPECT_EQ(full.reason, "bye");
  EXPECT_EQ(parse_close(from_server(WsOpcode::kClose, "")).code, std::nullopt);
  EXPECT_THROW((void)parse_close(from_server(WsOpcode::kClose, "\x03")), Failure);
  EXPECT_THROW((void)parse_close(from_server(WsOpcode::kClose, close_payload(1000, "\xFF"))),
               Failure);
  EXPECT_THROW((void)parse_close(from_server(WsOpcode::kText, close_payload(1000))), Failure);
}

TEST(WsUtf8, IsWhatRfc3629Allows) {
  for (const auto& text :
       {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xED\x9F\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const auto& text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xE1\xBD", "\xC2\x41"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(WsDeflate, ReadsTheExamplesOfTheRfc) {
  // RFC 7692, 7.2.3.1, 7.2.3.3 (no compression) and 7.2.3.4 (a final block)
  EXPECT_EQ(inflate_message("\xf2\x48\xcd\xc9\xc9\x07\x00"s), "Hello");
  EXPECT_EQ(inflate_message("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s), "Hello");
  EXPECT_EQ(inflate_message("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s), "Hello");
  EXPECT_EQ(inflate_message("\x02\x00"s), "");
  EXPECT_THROW((void)inflate_message("\xff\xff\xff"), Failure);
}

TEST(WsDeflate, WhatWasCompressedComesBack) {
  std::string text;
  for (int i = 0; text.size() < 200'000; ++i) text += std::to_string(i) + ",";
  for (const auto& message : {std::string{}, "a"s, text, std::string(1'000'000, 'x')}) {
    for (const int window_bits : {9, 15}) {
      const auto payload = deflate_message(message, window_bits);
      EXPECT_EQ(inflate_message(payload, window_bits), message);
    }
  }
  EXPECT_LT(deflate_message(text).size(), text.size() / 2);
}

TEST(WsHandshake, HasTheAcceptOfTheRfcsExample) {
  EXPECT_EQ(ws_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace testkit

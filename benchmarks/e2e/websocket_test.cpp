#include "websocket.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace rig::bench {
namespace {

using namespace std::string_literals;

/// Every step with its payload, until more is needed or the stream is malformed.
std::vector<std::string> steps_of(std::string_view stream, std::size_t piece) {
  WsReader reader;
  std::vector<std::string> steps;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    std::string_view in = stream.substr(at, piece);
    for (bool is_hungry = false; !is_hungry;) {
      std::string_view payload;
      const WsReader::Step step = reader.next(in, payload);
      const std::string text(payload);
      switch (step) {
        case WsReader::Step::kNeedMore: is_hungry = true; break;
        case WsReader::Step::kText: steps.push_back("text " + text); break;
        case WsReader::Step::kPing: steps.push_back("ping " + text); break;
        case WsReader::Step::kPong: steps.push_back("pong " + text); break;
        case WsReader::Step::kClose: steps.push_back("close " + text); break;
        case WsReader::Step::kMalformed: steps.push_back("malformed"); return steps;
      }
    }
  }
  return steps;
}

std::vector<std::string> steps_of(std::string_view stream) {
  return steps_of(stream, stream.size());
}

TEST(WsReader, ReadsFramesWhereverTheBytesAreCut) {
  const std::string stream = ws_server_frame(WsOpcode::kText, "one") + "\x01\x02tw"s +
                             ws_server_frame(WsOpcode::kPing, "now") + "\x00\x00"s + "\x80\x01o"s +
                             ws_server_frame(WsOpcode::kText, "") +
                             ws_server_frame(WsOpcode::kPong, "") +
                             ws_server_frame(WsOpcode::kText, std::string(126, 'a')) +
                             ws_server_frame(WsOpcode::kText, std::string(65536, 'b')) +
                             ws_server_frame(WsOpcode::kClose, "\x03\xe8");
  const std::vector<std::string> expected{"text one",
                                          "ping now",
                                          "text two",
                                          "text ",
                                          "pong ",
                                          "text " + std::string(126, 'a'),
                                          "text " + std::string(65536, 'b'),
                                          "close \x03\xe8"};
  for (const std::size_t piece :
       {1UL, 2UL, 3UL, 4UL, 5UL, 7UL, 11UL, 64UL, 1000UL, 65535UL, 65536UL}) {
    EXPECT_EQ(steps_of(stream, piece), expected) << piece;
  }
}

TEST(WsReader, RefusesWhatAServerMustNotSend) {
  const std::vector<std::string> malformed{"malformed"};
  EXPECT_EQ(steps_of("\x81\x81"s), malformed) << "masked";
  EXPECT_EQ(steps_of("\xc1\x01x"s), malformed) << "a reserved bit";
  EXPECT_EQ(steps_of("\x83\x01x"s), malformed) << "a reserved opcode";
  EXPECT_EQ(steps_of("\x82\x01x"s), malformed) << "binary";
  EXPECT_EQ(steps_of("\x80\x01x"s), malformed) << "a continuation of nothing";
  EXPECT_EQ(steps_of("\x01\x01x\x81\x01y"s), malformed) << "a message within a message";
  EXPECT_EQ(steps_of("\x09\x01x"s), malformed) << "a fragmented ping";
  EXPECT_EQ(steps_of("\x89\x7e\x00\x7e"s), malformed) << "a ping of 126 bytes";
  EXPECT_EQ(steps_of("\x81\x7e\x00\x05"s), malformed) << "a longer length than needed";
  EXPECT_EQ(steps_of("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff"s), malformed) << "the same with 64";
  EXPECT_EQ(steps_of("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00"s), malformed) << "too large";
}

TEST(WsHandshake, TheAcceptKeyIsTheOneOfTheRfc) {
  EXPECT_EQ(ws_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WsHandshake, EachClientHasItsOwnNonceOfSixteenBytes) {
  std::set<std::string> nonces;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const std::string nonce = ws_nonce(number);
    EXPECT_EQ(nonce.size(), 24U);
    EXPECT_TRUE(nonce.ends_with("=="));
    nonces.insert(nonce);
  }
  EXPECT_EQ(nonces.size(), 1000U);
}

TEST(WsClientFrame, IsMaskedAsInTheRfc) {
  EXPECT_EQ(ws_client_control(WsOpcode::kPong, "Hello", 0x37fa213d),
            "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
  EXPECT_EQ(ws_client_control(WsOpcode::kPong, "", 0x01020304), "\x8a\x80\x01\x02\x03\x04"s);
}

}  // namespace
}  // namespace rig::bench

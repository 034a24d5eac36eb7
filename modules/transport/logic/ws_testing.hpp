#pragma once

// For the tests of the WebSocket codec: a client's frames, and what a reader hears of them.

#include "logic/ws_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport::ws_testing {

enum : unsigned { kContinue = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

struct FrameForm {
  bool fin = true;
  unsigned rsv = 0;  // RSV1 is 4
  bool masked = true;
};

inline std::string big_endian(std::uint64_t number, unsigned bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes) & 0xFF);
  return text;
}

/// A frame as a client makes it, by the text of RFC 6455, 5.2, not by the code under test.
inline std::string frame(unsigned opcode, std::string_view payload, FrameForm form = {}) {
  std::string bytes(1, static_cast<char>((form.fin ? 0x80U : 0U) | form.rsv << 4 | opcode));
  const unsigned mask_bit = form.masked ? 0x80U : 0U;
  if (payload.size() > 0xFFFF) {
    bytes += static_cast<char>(mask_bit | 127);
    bytes += big_endian(payload.size(), 8);
  } else if (payload.size() > 125) {
    bytes += static_cast<char>(mask_bit | 126);
    bytes += big_endian(payload.size(), 2);
  } else {
    bytes += static_cast<char>(mask_bit | payload.size());
  }
  if (!form.masked) return bytes.append(payload);
  constexpr std::string_view kKey = "\x37\xfa\x21\x3d";
  bytes += kKey;
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(payload[i] ^ kKey[i % kKey.size()]);
  return bytes;
}

inline std::string fragment(unsigned opcode, std::string_view payload) {
  return frame(opcode, payload, {.fin = false});
}

/// A message in frames of `step` bytes.
inline std::string fragmented(unsigned opcode, std::string_view message, std::size_t step,
                              unsigned rsv = 0) {
  std::string bytes;
  do {
    const auto piece = message.substr(0, step);
    message.remove_prefix(piece.size());
    bytes += frame(opcode, piece, {.fin = message.empty(), .rsv = rsv});
    opcode = kContinue;
    rsv = 0;
  } while (!message.empty());
  return bytes;
}

inline std::string close_payload(unsigned code, std::string_view reason = {}) {
  return big_endian(code, 2).append(reason);
}

/// "text Hello", "ping", "close 1000 bye", "failure 1002"; what is long as its size and hash.
inline std::string describe(const WsItem& item) {
  constexpr std::size_t kShownMax = 200;
  const auto shown = [&](std::string text) {
    if (item.payload.empty()) return text;
    if (item.payload.size() <= kShownMax) return text + ' ' + item.payload;
    return text + ' ' + std::to_string(item.payload.size()) + " bytes, " +
           std::to_string(std::hash<std::string>{}(item.payload));
  };
  const auto code = std::to_string(static_cast<unsigned>(item.code));
  switch (item.kind) {
    case WsItem::Kind::kText: return shown("text");
    case WsItem::Kind::kBinary: return shown("binary");
    case WsItem::Kind::kPing: return shown("ping");
    case WsItem::Kind::kPong: return shown("pong");
    case WsItem::Kind::kClose: return shown("close " + code);
    case WsItem::Kind::kFailure:
      EXPECT_NE(item.payload, "") << "a failure says what is wrong";
      EXPECT_LE(item.payload.size(), 123u) << "a reason must fit into a close frame";
      return "failure " + code;
  }
  return "";
}
inline std::string message_item(WsItem::Kind kind, std::string_view payload) {
  return describe(WsItem{kind, {}, std::string(payload)});
}

using Items = std::vector<std::string>;

struct Reading {
  std::size_t message_bytes_max = std::size_t{1} << 20;
  bool deflate = false;
};

/// What a reader hears of bytes that come in pieces of the sizes that `next_size` gives.
template <class NextSize>
Items hear_in_pieces(std::string_view bytes, Reading reading, NextSize next_size) {
  WsReader reader(reading.message_bytes_max, reading.deflate);
  Items items;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, next_size());
    bytes.remove_prefix(piece.size());
    while (auto item = reader.feed(piece)) {
      items.push_back(describe(*item));
      const bool is_last =
          item->kind == WsItem::Kind::kClose || item->kind == WsItem::Kind::kFailure;
      EXPECT_EQ(reader.is_done(), is_last);
    }
    EXPECT_TRUE(piece.empty()) << "what gives nothing is used up";
    if (reader.is_done()) EXPECT_TRUE(reader.is_idle()) << "what is over holds no memory";
  }
  return items;
}

/// What a reader hears, however the bytes are cut.
inline Items hear(std::string_view bytes, Reading reading = {}) {
  const auto whole = hear_in_pieces(bytes, reading, [&] { return bytes.size(); });
  constexpr std::size_t kBytewiseMax = std::size_t{1} << 18;
  if (bytes.size() <= kBytewiseMax)
    EXPECT_EQ(hear_in_pieces(bytes, reading, [] { return 1; }), whole) << "byte by byte";
  for (unsigned seed = 1; seed <= 3; ++seed) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<std::size_t> size(1, std::max<std::size_t>(bytes.size() / 8, 7));
    EXPECT_EQ(hear_in_pieces(bytes, reading, [&] { return size(random); }), whole) << seed;
  }
  return whole;
}

}  // namespace rig::transport::ws_testing

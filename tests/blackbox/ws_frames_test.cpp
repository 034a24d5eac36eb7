// Frames of every kind over a real socket, good and bad, in one piece and byte by byte: the ground
// that the public conformance suites for RFC 6455 cover. Where those want an echo, a good message
// here is one that replaces the subscriptions, which is confirmed.
#include "testkit/gateway.hpp"
#include "testkit/json.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/ws_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using namespace std::string_literals;
using ::testing::AnyOf;
using ::testing::Eq;

constexpr auto kMessageMax = 4096;
const Environment kSmallMessages{{"RIG_WS_MESSAGE_BYTES_MAX", std::to_string(kMessageMax)}};

// What a server must do with bytes that come after the greeting.
struct Case {
  std::string name;
  std::string bytes;
  std::uint16_t close = 0;                 ///< the code that it must close with; 0: none
  std::vector<std::string> pongs = {};     ///< what it must send first
  std::vector<std::string> confirms = {};  ///< the types that it must confirm afterwards
};

void expect_answer(const Case& row, WsClient& client, bool is_bytewise) {
  for (const auto& pong : row.pongs) client.expect_pong(pong);
  for (const auto& type : row.confirms) {
    EXPECT_EQ(json_at(client.next_event().json, "/data/0/eventType"), type);
  }
  if (row.close != 0) {
    EXPECT_EQ(client.read_close(is_bytewise).code, row.close);
  } else {
    client.send_ping("fence");
    client.expect_pong("fence");
  }
}

void send_and_expect_answer(const Case& row, std::uint16_t port, bool is_bytewise) {
  WsClient client(port, {"a"});
  const std::size_t step = is_bytewise ? 1 : row.bytes.size();
  const std::string_view bytes = row.bytes;
  bool is_heard = true;
  for (std::size_t at = 0; is_heard && at < bytes.size(); at += step) {
    is_heard = client.socket().try_send(bytes.substr(at, step));
  }
  expect_answer(row, client, is_bytewise);
}

// Each row on connections of its own.
void expect_answers(const std::vector<Case>& rows) {
  Gateway gateway(kSmallMessages);
  for (const auto& row : rows) {
    for (const bool is_bytewise : {false, true}) {
      SCOPED_TRACE(row.name + (is_bytewise ? ", byte by byte" : ""));
      EXPECT_NO_THROW(send_and_expect_answer(row, gateway.inbound(), is_bytewise));
    }
  }
}

std::string frame(const WsFrame& what) { return to_bytes(what); }
std::string text(std::string payload) { return frame({.payload = std::move(payload)}); }
std::string control(WsOpcode opcode, std::string payload = {}) {
  return frame({.opcode = opcode, .payload = std::move(payload)});
}
std::string ping(std::string payload = {}) { return control(WsOpcode::kPing, std::move(payload)); }
std::string pong(std::string payload = {}) { return control(WsOpcode::kPong, std::move(payload)); }
std::string close(std::string payload) { return control(WsOpcode::kClose, std::move(payload)); }
std::string begin(std::string payload) {
  return frame({.payload = std::move(payload), .fin = false});
}
std::string more(std::string payload) {
  return frame({.opcode = WsOpcode::kContinuation, .payload = std::move(payload), .fin = false});
}
std::string last(std::string payload) {
  return frame({.opcode = WsOpcode::kContinuation, .payload = std::move(payload)});
}

// A message that subscribes to `type`, with white space up to a size.
std::string message(const std::string& type, std::size_t size = 0) {
  auto json = ws_subscriptions(subscriptions_to({type}));
  if (json.size() < size) json.insert(1, size - json.size(), ' ');
  return json;
}

// The message in fragments of `size` bytes, with something between each two of them.
std::string in_fragments(const std::string& payload, std::size_t size,
                         const std::string& between = {}) {
  auto bytes = begin(payload.substr(0, size));
  for (auto at = size; at < payload.size(); at += size) {
    const auto piece = payload.substr(at, size);
    bytes += between + (at + size < payload.size() ? more(piece) : last(piece));
  }
  return bytes;
}

Case fails(std::string name, std::string bytes, std::uint16_t code = 1002) {
  return {.name = std::move(name), .bytes = std::move(bytes), .close = code};
}

std::vector<Case> sizes() {
  std::vector<Case> rows;
  for (const std::size_t size : {125U, 126U, 127U, 128U, 1000U, 4096U}) {
    rows.push_back({.name = "MessageOf" + std::to_string(size),
                    .bytes = text(message("b", size)),
                    .confirms = {"b"}});
  }
  rows.push_back({.name = "MaskOfZeros",
                  .bytes = frame({.payload = message("b"), .mask = {0, 0, 0, 0}}),
                  .confirms = {"b"}});
  rows.push_back({.name = "MaskOfOnes",
                  .bytes = frame({.payload = message("b"), .mask = {0xFF, 0xFF, 0xFF, 0xFF}}),
                  .confirms = {"b"}});
  rows.push_back(fails("MessageOneTooLong", text(message("b", kMessageMax + 1)), 1009));
  rows.push_back(fails("HugeLength", head_bytes({}, std::uint64_t{1} << 40U), 1009));
  rows.push_back(fails("LargestLength", head_bytes({}, ~std::uint64_t{0} >> 1U), 1009));
  rows.push_back(fails("LengthWithItsHighestBit", head_bytes({}, std::uint64_t{1} << 63U)));
  rows.push_back(fails("FragmentsThatAreTooLongTogether",
                       in_fragments(message("b", kMessageMax + 1), 500), 1009));
  rows.push_back(fails(
      "BinaryTooLong",
      frame({.opcode = WsOpcode::kBinary, .payload = std::string(kMessageMax + 1, 'x')}), 1009));
  rows.push_back(
      fails("ShortLengthIn16Bits", frame({.payload = "x", .length = WsLength::kIn16Bits})));
  rows.push_back(fails("ShortLengthIn64Bits",
                       frame({.payload = std::string(200, 'x'), .length = WsLength::kIn64Bits})));
  return rows;
}
TEST(WsFrames, MessagesOfEachSizeUpToTheLimitAreTaken) { expect_answers(sizes()); }

std::vector<Case> pings() {
  const auto any_bytes = "\0\xFF\xFE\xFD\xFC\xFB\0\xFF"s;
  const std::string full(125, '\xFE');
  std::vector<Case> rows{
      {.name = "WithoutPayload", .bytes = ping(), .pongs = {""}},
      {.name = "WithText", .bytes = ping("Hello"), .pongs = {"Hello"}},
      {.name = "WithAnyBytes", .bytes = ping(any_bytes), .pongs = {any_bytes}},
      {.name = "Full", .bytes = ping(full), .pongs = {full}},
      {.name = "UnaskedPong", .bytes = pong()},
      {.name = "UnaskedPongWithPayload", .bytes = pong(full)},
      {.name = "PongThenPing", .bytes = pong("no") + ping("yes"), .pongs = {"yes"}},
      fails("TooLong", ping(std::string(126, 'x'))),
      fails("PongTooLong", pong(std::string(126, 'x'))),
      fails("Fragmented", frame({.opcode = WsOpcode::kPing, .fin = false}) + last("")),
      fails("FragmentedPong", frame({.opcode = WsOpcode::kPong, .fin = false})),
      fails("Unmasked", frame({.opcode = WsOpcode::kPing, .masked = false})),
  };
  Case many{.name = "TenInARow", .bytes = {}};
  for (int i = 0; i < 10; ++i) {
    many.pongs.push_back("payload-" + std::to_string(i));
    many.bytes += ping(many.pongs.back());
  }
  rows.push_back(std::move(many));
  return rows;
}
TEST(WsFrames, PingsAreAnsweredInOrder) { expect_answers(pings()); }

std::vector<Case> reserved() {
  std::vector<Case> rows;
  for (unsigned bits = 1; bits <= 7; ++bits) {
    rows.push_back(
        fails("Bits" + std::to_string(bits), frame({.payload = message("b"), .rsv = bits})));
    rows.push_back(
        fails("PingBits" + std::to_string(bits), frame({.opcode = WsOpcode::kPing, .rsv = bits})));
  }
  rows.push_back(fails("CloseBits", frame({.opcode = WsOpcode::kClose, .rsv = 7})));
  rows.push_back({.name = "BitsAfterAGoodFrame",
                  .bytes = ping("yes") + frame({.rsv = 4}) + ping("no"),
                  .close = 1002,
                  .pongs = {"yes"}});
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    const WsFrame unknown{.opcode = static_cast<WsOpcode>(opcode), .payload = "x"};
    rows.push_back(fails("Opcode" + std::to_string(opcode), frame(unknown) + ping("no")));
  }
  rows.push_back(fails("Unmasked", frame({.payload = message("b"), .masked = false})));
  return rows;
}
TEST(WsFrames, ReservedBitsAndOpcodesFail) { expect_answers(reserved()); }

std::vector<Case> fragments() {
  const auto b = message("b");
  return {
      {.name = "Two", .bytes = in_fragments(b, b.size() / 2 + 1), .confirms = {"b"}},
      {.name = "OfOneByte", .bytes = in_fragments(b, 1), .confirms = {"b"}},
      {.name = "Empty", .bytes = begin("") + more("") + more(b) + last(""), .confirms = {"b"}},
      {.name = "ManyOfALongMessage",
       .bytes = in_fragments(message("b", 4000), 13),
       .confirms = {"b"}},
      {.name = "PingBetween",
       .bytes = in_fragments(b, b.size() / 2 + 1, ping("p")),
       .pongs = {"p"},
       .confirms = {"b"}},
      {.name = "PongBetween", .bytes = in_fragments(b, 10, pong("p")), .confirms = {"b"}},
      {.name = "OneMessageAfterTheOther",
       .bytes = in_fragments(b, 20) + pong() + in_fragments(message("c"), 7),
       .confirms = {"b", "c"}},
      {.name = "CloseBetween", .bytes = begin("{") + close(close_payload(1000)), .close = 1000},
      fails("NothingToContinue", last("x")),
      fails("NothingToContinueAndNotFinal", more("x") + last("y")),
      fails("ContinuationAfterAWholeMessage", pong() + last(b)),
      fails("TextWithinText", begin("{") + text(b)),
      fails("TextBeginsWithinText", begin("{") + begin("{")),
      fails("BinaryWithinText", begin("{") + frame({.opcode = WsOpcode::kBinary, .payload = "x"})),
      fails("TextWithinBinary",
            frame({.opcode = WsOpcode::kBinary, .payload = "x", .fin = false}) + text(b)),
      fails("Binary", frame({.opcode = WsOpcode::kBinary, .fin = false}) + more("a") + last("b"),
            1000),
  };
}
TEST(WsFrames, FragmentsMakeMessages) { expect_answers(fragments()); }

std::vector<Case> utf8() {
  const auto greek = "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5"s;
  std::vector<Case> rows{
      {.name = "Whole", .bytes = text(message(greek)), .confirms = {greek}},
      {.name = "CutWithinEachCharacter",
       .bytes = in_fragments(message(greek), 1, ping("p")),
       .pongs = std::vector<std::string>(message(greek).size() - 1, "p"),
       .confirms = {greek}},
      {.name = "Noncharacters",
       .bytes = text(message("\xEF\xBF\xBE\xEF\xBF\xBF\xF4\x8F\xBF\xBF")),
       .confirms = {"\xEF\xBF\xBE\xEF\xBF\xBF\xF4\x8F\xBF\xBF"}},
      {.name = "BothSidesOfTheSurrogates",
       .bytes = text(message("\xED\x9F\xBF\xEE\x80\x80")),
       .confirms = {"\xED\x9F\xBF\xEE\x80\x80"}},
      {.name = "BinaryNeedsNone",
       .bytes = frame({.opcode = WsOpcode::kBinary, .payload = "\xFF\xFE"}),
       .close = 1000},
  };
  const std::pair<const char*, std::string> bad[] = {
      {"LoneContinuation", "\x80"},
      {"LoneContinuations", "\x80\xBF\x80\xBF"},
      {"LoneFirstByte", "\xC3 "},
      {"TwoOfThree", "\xE1\xBD "},
      {"ThreeOfFour", "\xF0\x9F\x8E "},
      {"OverlongOfTwo", "\xC0\xAF"},
      {"OverlongOfThree", "\xE0\x80\xAF"},
      {"OverlongOfFour", "\xF0\x80\x80\xAF"},
      {"OverlongHighest", "\xF0\x8F\xBF\xBF"},
      {"OverlongZero", "\xC0\x80"},
      {"SurrogateHigh", "\xED\xA0\x80"},
      {"SurrogateLow", "\xED\xBF\xBF"},
      {"SurrogatePair", "\xED\xA0\x80\xED\xB0\x80"},
      {"BeyondTheLast", "\xF4\x90\x80\x80"},
      {"OfFiveBytes", "\xF8\x88\x80\x80\x80"},
      {"OfSixBytes", "\xFC\x84\x80\x80\x80\x80"},
      {"FE", "\xFE"},
      {"FF", "\xFF"},
      {"InTheMiddle", greek + "\xED\xA0\x80" + "edited"},
  };
  for (const auto& [name, sequence] : bad) {
    rows.push_back(fails("Bad" + std::string(name), text(message(sequence)), 1007));
    rows.push_back(
        fails("BadInFragments" + std::string(name), in_fragments(message(sequence), 1), 1007));
  }
  rows.push_back(fails("EndsWithinACharacter", text(greek.substr(0, 9) + "\xE1\xBD"), 1007));
  rows.push_back(
      fails("FragmentsEndWithinACharacter", begin("\xCE\xBA") + more("\xE1") + last("\xBD"), 1007));
  // Nothing of the message but its bad beginning is ever sent.
  rows.push_back(fails("FailsBeforeTheMessageEnds", begin("\xED\xA0\x80"), 1007));
  rows.push_back(
      fails("FailsBeforeTheFrameEnds", head_bytes({.mask = {}}, 1000) + greek + "\xF4\x90", 1007));
  return rows;
}
TEST(WsFrames, TextIsUtf8) { expect_answers(utf8()); }

std::vector<Case> closes() {
  std::vector<Case> rows{
      {.name = "WithAFullReason",
       .bytes = close(close_payload(1000, std::string(123, 'x'))),
       .close = 1000},
      {.name = "Twice",
       .bytes = close(close_payload(1000)) + close(close_payload(1001)),
       .close = 1000},
      {.name = "NothingIsAnsweredAfterIt",
       .bytes = close(close_payload(1000)) + ping("no") + text(message("b")),
       .close = 1000},
      {.name = "AfterPings",
       .bytes = ping("1") + ping("2") + close(close_payload(3000)),
       .close = 3000,
       .pongs = {"1", "2"}},
      fails("HalfACode", close("\x03")),
      fails("TooLong", close(close_payload(1000, std::string(124, 'x')))),
      fails("Fragmented", frame({.opcode = WsOpcode::kClose, .fin = false}) + last("")),
      fails("BadReason", close(close_payload(1000, "\xCE\xBA\xED\xA0\x80")), 1007),
      fails("ReasonEndsWithinACharacter", close(close_payload(1000, "\xCE")), 1007),
  };
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    rows.push_back({.name = "Code" + std::to_string(code),
                    .bytes = close(close_payload(static_cast<std::uint16_t>(code), "bye")),
                    .close = static_cast<std::uint16_t>(code)});
  }
  for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    rows.push_back(fails("WrongCode" + std::to_string(code),
                         close(close_payload(static_cast<std::uint16_t>(code)))));
  }
  return rows;
}
TEST(WsFrames, ClosesAreAnswered) { expect_answers(closes()); }

TEST(WsClose, WithoutACodeIsAnsweredWithoutOneOrAsNormal) {
  Gateway gateway;
  WsClient client(gateway.inbound(), {"a"});
  client.send_close_bytes({});
  EXPECT_THAT(client.read_close().code, AnyOf(Eq(std::nullopt), Eq(1000)));
}

TEST(WsFlood, OfPingsWithoutReadingIsSurvivedAndOthersAreServed) {
  Gateway gateway;
  WsClient calm(gateway.inbound(), {"a"});
  WsClient floods(gateway.inbound(), ws_request(), 4096);
  const auto pings = [] {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += ping(std::string(125, 'x'));
    return bytes;
  }();
  // 13 MB of pings whose pongs nobody takes: the gateway stops reading or cuts, and stays small.
  const auto before = gateway.resident_memory();
  try {
    for (int i = 0; i < 100; ++i) {
      if (!floods.socket().try_send(pings, Deadline{std::chrono::milliseconds{500}})) break;
    }
  } catch (const Failure&) {
    SUCCEED() << "it does not read on: that is one of the two right answers";
  }
  calm.send_ping("still there?");
  calm.expect_pong("still there?");
  EXPECT_LT(gateway.resident_memory(), before + (8U << 20U) + kMemoryKeptBack);
}

}  // namespace
}  // namespace testkit

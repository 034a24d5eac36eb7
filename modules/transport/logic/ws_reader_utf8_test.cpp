// Group 6 of the Autobahn|Testsuite: text must be UTF-8, and the first byte that is not ends it.

#include "logic/utf8_validator.hpp"
#include "logic/ws_reader.hpp"
#include "logic/ws_testing.hpp"

#include <initializer_list>

namespace rig::transport {
namespace {

using namespace ws_testing;
using namespace std::string_literals;
using Kind = WsItem::Kind;

const std::string kGreek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";

TEST(WsReaderUtf8, Case6EmptyTextIsValidAlsoInFragments) {
  EXPECT_EQ(hear(frame(kText, "")), Items{"text"});
  const std::string empty = fragment(kText, "") + fragment(kContinue, "");
  EXPECT_EQ(hear(empty + frame(kContinue, "")), Items{"text"});
  EXPECT_EQ(hear(fragment(kText, "") + fragment(kContinue, "middle") + frame(kContinue, "")),
            Items{"text middle"});
}

TEST(WsReaderUtf8, Case6ValidTextMayBeCutAnywhere) {
  const std::string text =
      "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!" + kGreek +
      "\xf0\x9f\x98\x80";
  for (std::size_t step = 1; step <= text.size(); ++step)
    EXPECT_EQ(hear(fragmented(kText, text, step)), Items{"text " + text}) << step;
}

TEST(WsReaderUtf8, Case6InvalidTextIsRefusedHoweverItIsCut) {
  const std::string text = kGreek + "\xed\xa0\x80" + "edited";
  for (std::size_t step = 1; step <= text.size(); ++step)
    EXPECT_EQ(hear(fragmented(kText, text, step)), Items{"failure 1007"}) << step;
}

/// How many bytes a reader takes before it says that the text is invalid.
std::size_t bytes_until_failure(std::string_view bytes) {
  WsReader reader(1000, false);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto piece = bytes.substr(i, 1);
    if (const auto item = reader.feed(piece)) {
      EXPECT_EQ(describe(*item), "failure 1007");
      return i + 1;
    }
  }
  return 0;
}

TEST(WsReaderUtf8, Case6TheFirstInvalidByteIsRefusedAtOnce) {
  // Above U+10FFFF, which is known at the byte behind f4.
  const std::string valid = kGreek + "\xf4";
  const std::string rest = "\x80\x80"s + "edited";
  const std::size_t head = 6;
  EXPECT_EQ(bytes_until_failure(frame(kText, valid + '\x90' + rest)), head + valid.size() + 1)
      << "in the middle of a frame";
  EXPECT_EQ(bytes_until_failure(fragment(kText, kGreek) + fragment(kContinue, "\xf4\x90" + rest)),
            head + kGreek.size() + head + 2)
      << "in a later fragment";
  EXPECT_EQ(bytes_until_failure(fragment(kText, valid) + fragment(kContinue, "\x90") +
                                frame(kContinue, rest)),
            head + valid.size() + head + 1)
      << "in a character that is cut";
  EXPECT_EQ(bytes_until_failure(fragment(kText, valid) + frame(kContinue, "")),
            head + valid.size() + head)
      << "an end within a character";
}

struct Sequences {
  std::string name;
  bool are_valid;
  std::vector<std::string> texts;
};

std::string all_but_last(unsigned first, unsigned last, std::string_view behind) {
  std::string text;
  for (unsigned byte = first; byte < last; ++byte) (text += static_cast<char>(byte)) += behind;
  return text;
}

/// What Markus Kuhn's list of difficult UTF-8 has, in its order, as the suite's 6.5 to 6.23.
std::vector<Sequences> valid_sequences() {
  std::vector<Sequences> all{
      {"6.5 some text",
       true,
       {"hello$world", "hello\xc2\xa2world", "hello\xe2\x82\xacworld", "hello\xf0\xa4\xad\xa2world",
        kGreek}},
      {"6.6 prefixes that end behind a character", true, {}},
      {"6.7 the first of each length",
       true,
       {"\0"s, "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"}},
      {"6.9 the last of each length",
       true,
       {"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}},
      {"6.11 beside what is not allowed",
       true,
       {"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"}},
      {"6.22 code points that are no characters", true, {"\xef\xbf\xbe", "\xef\xbf\xbf"}},
      {"6.23 specials", true, {"\xef\xbf\xb9", "\xef\xbf\xba", "\xef\xbf\xbb", "\xef\xbf\xbc"}},
  };
  for (const std::size_t size : std::initializer_list<std::size_t>{2, 5, 7, 9, 11})
    all[1].texts.push_back(kGreek.substr(0, size));
  for (unsigned plane = 1; plane <= 16; ++plane) {
    for (const char last : {'\xbe', '\xbf'}) {
      const std::string start{static_cast<char>(0xF0 + plane / 4),
                              static_cast<char>(0x80 + plane % 4 * 16 + 15)};
      all[5].texts.push_back(start + '\xbf' + last);
    }
  }
  return all;
}

std::vector<Sequences> invalid_sequences() {
  const std::vector<std::string> unfinished{
      "\xc0", "\xe0\x80", "\xf0\x80\x80", "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80",
      "\xdf", "\xef\xbf", "\xf7\xbf\xbf", "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"};
  std::string unfinished_together;
  for (const auto& text : unfinished) unfinished_together += text;
  std::vector<Sequences> all{
      {"6.6 prefixes that end within a character", false, {}},
      {"6.8 five and six bytes, first",
       false,
       {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"}},
      {"6.10 beyond U+10FFFF, last of a length",
       false,
       {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"}},
      {"6.11 just beyond U+10FFFF", false, {"\xf4\x90\x80\x80"}},
      {"6.12 continuation bytes alone",
       false,
       {"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80",
        "\x80\xbf\x80\xbf\x80\xbf", all_but_last(0x80, 0xC0, "")}},
      {"6.13 first bytes alone",
       false,
       {all_but_last(0xC0, 0xE0, " "), all_but_last(0xE0, 0xF0, " "), all_but_last(0xF0, 0xF8, " "),
        all_but_last(0xF8, 0xFC, " "), all_but_last(0xFC, 0xFE, " ")}},
      {"6.14 the last byte is missing", false, unfinished},
      {"6.15 the same together", false, {unfinished_together}},
      {"6.16 bytes that never occur", false, {"\xfe", "\xff", "\xfe\xfe\xff\xff"}},
      {"6.17 a slash, too long",
       false,
       {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf",
        "\xfc\x80\x80\x80\x80\xaf"}},
      {"6.18 the largest of what is too long",
       false,
       {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf",
        "\xfc\x83\xbf\xbf\xbf\xbf"}},
      {"6.19 NUL, too long",
       false,
       {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80",
        "\xfc\x80\x80\x80\x80\x80"}},
      {"6.20 single surrogates",
       false,
       {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80",
        "\xed\xbe\x80", "\xed\xbf\xbf"}},
      {"6.21 paired surrogates", false, {}},
  };
  for (const std::size_t size : std::initializer_list<std::size_t>{1, 3, 4, 6, 8, 10})
    all[0].texts.push_back(kGreek.substr(0, size));
  for (const std::string high : {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf"}) {
    for (const std::string low : {"\xed\xb0\x80", "\xed\xbf\xbf"})
      all.back().texts.push_back(high + low);
  }
  return all;
}

TEST(WsReaderUtf8, Case6TablesOfValidAndInvalidSequences) {
  auto all = valid_sequences();
  for (auto& sequences : invalid_sequences()) all.push_back(std::move(sequences));
  for (const auto& [name, are_valid, texts] : all) {
    ASSERT_FALSE(texts.empty()) << name;
    for (const auto& text : texts) {
      EXPECT_EQ(is_utf8(text), are_valid) << name;
      const Items items{are_valid ? message_item(Kind::kText, text) : "failure 1007"};
      EXPECT_EQ(hear(frame(kText, text)), items) << name << ": " << ::testing::PrintToString(text);
      EXPECT_EQ(hear(fragmented(kText, text, 1)), items) << name << ", in fragments";
      EXPECT_EQ(hear(frame(kBinary, text)), Items{message_item(Kind::kBinary, text)}) << name;
    }
  }
}

/// By the definition of the encoding (RFC 3629, 3), for any number of up to 21 bits.
std::string encode(unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), tail(6), tail(0)};
  return {byte(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8Validator, TakesEveryCodePointAndNoSurrogate) {
  for (unsigned code = 0; code < 0x200000; ++code) {
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    ASSERT_EQ(is_utf8(encode(code)), code <= 0x10FFFF && !is_surrogate) << code;
  }
}

TEST(Utf8Validator, AValidLeadDecidesWhatFollows) {
  // Every pair and every triple of bytes, against the lengths and limits of RFC 3629, 4.
  const auto is_tail = [](unsigned byte) { return byte >= 0x80 && byte <= 0xBF; };
  const auto is_triple = [&](unsigned a, unsigned b, unsigned c) {
    return is_tail(c) &&
           ((a == 0xE0 && b >= 0xA0 && b <= 0xBF) || (a == 0xED && b >= 0x80 && b <= 0x9F) ||
            (a >= 0xE1 && a <= 0xEF && a != 0xED && is_tail(b)));
  };
  const auto is_pair = [&](unsigned a, unsigned b) { return a >= 0xC2 && a <= 0xDF && is_tail(b); };
  for (unsigned a = 0x80; a < 0x100; ++a) {
    for (unsigned b = 0; b < 0x100; ++b) {
      const std::string pair{static_cast<char>(a), static_cast<char>(b)};
      ASSERT_EQ(is_utf8(pair), is_pair(a, b));
      for (const unsigned c : {0x00U, 0x7FU, 0x80U, 0xA0U, 0xBFU, 0xC0U, 0xFFU}) {
        const bool is_valid = is_triple(a, b, c) || (is_pair(a, b) && c < 0x80);
        ASSERT_EQ(is_utf8(pair + static_cast<char>(c)), is_valid) << a << ' ' << b << ' ' << c;
      }
    }
  }
}

TEST(Utf8Validator, FindsABadByteAtEachPlaceInLongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xff';
    EXPECT_FALSE(is_utf8(text)) << at;
    text.replace(at, 1, "\xc3\xa4");
    EXPECT_TRUE(is_utf8(text)) << at;
  }
}

}  // namespace
}  // namespace rig::transport

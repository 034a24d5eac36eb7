#include "logic/log_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace rig::log {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// 2022-08-12T20:07:13.123Z
constexpr std::chrono::system_clock::time_point kTime{std::chrono::milliseconds(1660334833123)};

std::string text_of(Format kind, Level level, std::string_view message,
                    const std::vector<Field>& fields,
                    std::string_view file = "./modules/transport/io/listener.cpp") {
  Line line;
  line.time = kTime;
  line.level = level;
  line.file = file;
  line.line_number = 12;
  line.message = message;
  line.fields = fields;
  return format(kind, line);
}

TEST(LogFormat, PlainTextHasTimeThenFieldsThenLevelThenMessage) {
  EXPECT_EQ(text_of(Format::kPlain, Level::kWarn, "something happened", {{"door", "inbound"}}),
            "20:07:13.123 module=transport door=inbound [warn] something happened");
  EXPECT_EQ(text_of(Format::kPlain, Level::kError, "x", {}, "main.cpp"), "20:07:13.123 [error] x");
}

TEST(LogFormat, PlainTextShowsLocalTime) {
  Line line;
  line.time = kTime;
  line.utc_offset = 4h + 30min;
  EXPECT_EQ(format(Format::kPlain, line), "00:37:13.123 [info] ");
  line.time = std::chrono::system_clock::time_point{1ms};
  line.utc_offset = -1h;
  EXPECT_EQ(format(Format::kPlain, line), "23:00:00.001 [info] ");
}

TEST(LogFormat, PlainTextShowsEveryKindOfValue) {
  EXPECT_EQ(text_of(Format::kPlain, Level::kDebug, "m",
                    {{"i", -5}, {"u", 7U}, {"d", 1.5}, {"yes", true}, {"no", false}, {"s", "a"}}),
            "20:07:13.123 module=transport i=-5 u=7 d=1.5 yes=true no=false s=a [debug] m");
}

TEST(LogFormat, PlainValuesThatCouldBeMisreadAreQuoted) {
  EXPECT_EQ(
      text_of(Format::kPlain, Level::kInfo, "m",
              {{"a", "two words"}, {"b", ""}, {"c", "x=\"1\""}, {"d", "[warn]"}, {"e", "a\\b"}}),
      R"(20:07:13.123 module=transport a="two words" b="" c="x=\"1\"" d="[warn]" e=a\b [info] m)");
}

TEST(LogFormat, OneCallIsOneLineInEveryFormat) {
  for (const Format kind : {Format::kPlain, Format::kJson, Format::kGcl}) {
    const std::string text = text_of(kind, Level::kWarn, "a\nb", {{"k\n", "v\r\n\x1b[2J"}});
    EXPECT_EQ(text.find_first_of("\n\r\x1b"), std::string::npos) << text;
  }
  EXPECT_EQ(text_of(Format::kPlain, Level::kWarn, "a\nb", {{"k", "v\n"}}),
            "20:07:13.123 module=transport k=\"v\\n\" [warn] a\\nb");
}

TEST(LogFormat, JsonHasFieldsAsMetadata) {
  EXPECT_EQ(text_of(Format::kJson, Level::kWarn, "say \"hi\"",
                    {{"request_id", "FwX"}, {"n", 3}, {"ok", true}}),
            R"({"time":"2022-08-12T20:07:13.123Z","severity":"warn","message":"say \"hi\"",)"
            R"("metadata":{"request_id":"FwX","n":3,"ok":true}})");
  EXPECT_EQ(
      text_of(Format::kJson, Level::kNotice, "ready", {}),
      R"({"time":"2022-08-12T20:07:13.123Z","severity":"info","message":"ready","metadata":{}})");
}

TEST(LogFormat, JsonNumbersThatJsonDoesNotKnowAreNull) {
  EXPECT_THAT(text_of(Format::kJson, Level::kInfo, "m",
                      {{"x", std::numeric_limits<double>::infinity()},
                       {"y", std::numeric_limits<double>::quiet_NaN()}}),
              HasSubstr(R"("metadata":{"x":null,"y":null})"));
}

TEST(LogFormat, GclMergesFieldsAndNamesTheSource) {
  EXPECT_EQ(
      text_of(Format::kGcl, Level::kWarn, "text", {{"request_id", "FwX"}}),
      R"({"time":"2022-08-12T20:07:13.123Z","severity":"WARNING","message":"text","request_id":"FwX",)"
      R"("logging.googleapis.com/sourceLocation":{"file":"modules/transport/io/listener.cpp","line":12},)"
      R"("logging.googleapis.com/operation":{"id":"FwX"}})");
  EXPECT_EQ(text_of(Format::kGcl, Level::kError, "text", {}, "/elsewhere/audit/module.cpp"),
            R"({"time":"2022-08-12T20:07:13.123Z","severity":"ERROR","message":"text",)"
            R"("logging.googleapis.com/sourceLocation":{"file":"module.cpp","line":12}})");
}

TEST(LogFormat, SeveritiesHaveTheNamesOfEachFormat) {
  for (const auto& [level, json, gcl] : {std::tuple{Level::kDebug, "debug", "DEBUG"},
                                         {Level::kInfo, "info", "INFO"},
                                         {Level::kNotice, "info", "INFO"},
                                         {Level::kWarn, "warn", "WARNING"},
                                         {Level::kError, "error", "ERROR"}}) {
    EXPECT_THAT(text_of(Format::kPlain, level, "m", {}),
                HasSubstr(std::string("[") + json + "] m"));
    EXPECT_THAT(text_of(Format::kJson, level, "m", {}),
                HasSubstr(std::string(R"("severity":")") + json + '"'));
    EXPECT_THAT(text_of(Format::kGcl, level, "m", {}),
                HasSubstr(std::string(R"("severity":")") + gcl + '"'));
  }
}

TEST(LogFormat, LongValuesAreCut) {
  const std::string value(10'000, 'x');
  EXPECT_LT(text_of(Format::kPlain, Level::kInfo, value, {{"v", value}}).size(), 8300U);
  EXPECT_LT(text_of(Format::kJson, Level::kInfo, value, {{"v", value}}).size(), 8400U);
}

TEST(LogFormat, BrokenUtf8DoesNotBreakJson) {
  EXPECT_THAT(text_of(Format::kJson, Level::kInfo, "m", {{"v", "a\xff"}}),
              HasSubstr(R"("v":"a\ufffd")"));
}

}  // namespace
}  // namespace rig::log

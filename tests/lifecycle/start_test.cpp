// Starting: what stops it is said in one line each, and the flags that look without starting.
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace testkit {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
  [[nodiscard]] std::string all() const { return out + err; }
};

Outcome run(const std::vector<std::string>& flags, const Environment& environment) {
  std::vector<std::string> arguments{Gateway::program_path()};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  ChildProcess program(arguments, environment);
  const auto code = program.wait_exit();
  EXPECT_TRUE(code.has_value()) << "the program does not end\n" << program.standard_output();
  expect_no_sanitizer_report(program);
  return {code.value_or(-1), program.standard_output(), program.standard_error()};
}

Outcome failed_start(const Environment& changes) {
  auto outcome = run({}, default_settings(changes));
  EXPECT_EQ(outcome.code, 1) << outcome.all();
  return outcome;
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) != std::string::npos) found.push_back(line);
  }
  return found;
}

// No addresses, no type names, no "terminate called": a sentence for an operator.
void expect_readable(const Outcome& outcome) {
  EXPECT_THAT(outcome.all(),
              Not(AnyOf(HasSubstr("terminate called"), HasSubstr("what():"), HasSubstr("std::"),
                        HasSubstr("boost::"), HasSubstr("0x"), HasSubstr(".cpp:"))));
}

TEST(Start, EachProblemWithASettingIsOneLine) {
  const auto outcome = failed_start({{"INBOUND_PORT", "abc"}, {"LOG_LEVEL", "loud"}});
  EXPECT_EQ(lines_with(outcome.all(), "INBOUND_PORT").size(), 1U) << outcome.all();
  EXPECT_EQ(lines_with(outcome.all(), "LOG_LEVEL").size(), 1U) << outcome.all();
  EXPECT_LE(std::ranges::count(outcome.all(), '\n'), 4) << outcome.all();
  expect_readable(outcome);
}

TEST(Start, NumbersOutOfRangeAreProblems) {
  for (const auto& [name, value] : Environment{{"INBOUND_PORT", "65536"},
                                               {"API_HTTP_PORT", "-1"},
                                               {"RIG_SHARDS", "0"},
                                               {"RIG_REQUEST_BODY_BYTES_MAX", "lots"},
                                               {"RIG_DRAIN_TIMEOUT", "-5s"},
                                               {"PROMETHEUS_METRICS_ENABLED", "maybe"},
                                               {"LOG_FMT", "xml"}}) {
    const auto outcome = failed_start({{name, value}});
    EXPECT_EQ(lines_with(outcome.all(), name).size(), 1U) << outcome.all();
    expect_readable(outcome);
  }
}

TEST(Start, ATakenPortIsOneLineThatNamesIt) {
  const Listener taken;
  for (const auto* setting : {"INBOUND_PORT", "API_HTTP_PORT"}) {
    const auto outcome = failed_start({{setting, std::to_string(taken.port())}});
    EXPECT_EQ(lines_with(outcome.all(), std::to_string(taken.port())).size(), 1U) << outcome.all();
    expect_readable(outcome);
  }
}

TEST(Start, ThePortOfAnotherGatewayIsTaken) {
  Gateway first;
  const auto outcome = failed_start({{"INBOUND_PORT", std::to_string(first.inbound())}});
  EXPECT_EQ(lines_with(outcome.all(), std::to_string(first.inbound())).size(), 1U) << outcome.all();
  expect_readable(outcome);
  EXPECT_EQ(fetch(first.inbound(), {.target = "/_rig/health"}).body, "OK");
}

TEST(Start, AGatewayThatWasKilledCanBeStartedAgainAtOnce) {
  Gateway first;
  RawSocket open(first.inbound());
  HttpClient used(first.inbound());
  EXPECT_EQ(used.request({.target = "/_rig/health"}).body, "OK");
  const auto port = first.inbound();
  first.kill_now();
  Gateway second({{"INBOUND_PORT", std::to_string(port)}});
  EXPECT_EQ(second.inbound(), port);
  EXPECT_EQ(fetch(port, {.target = "/_rig/health"}).body, "OK");
}

TEST(Start, AMisspeltSettingIsNamedWithASuggestion) {
  Gateway gateway({{"INBOUND_PROT", "4000"}, {"RIG_SHARD", "2"}});
  gateway.stop();
  const auto output = gateway.process().standard_output() + gateway.process().standard_error();
  ASSERT_EQ(lines_with(output, "INBOUND_PROT").size(), 1U) << output;
  EXPECT_THAT(lines_with(output, "INBOUND_PROT").front(),
              AllOf(HasSubstr("INBOUND_PORT"), HasSubstr("warn")));
  ASSERT_EQ(lines_with(output, "RIG_SHARD ").size() + lines_with(output, "RIG_SHARD\\\"").size() +
                lines_with(output, "RIG_SHARD'").size(),
            1U)
      << output;
  EXPECT_THAT(output, HasSubstr("RIG_SHARDS"));
}

TEST(Start, VariablesOfOtherProgramsAreNotMentioned) {
  Gateway gateway({{"LANG", "C"},
                   {"KUBERNETES_PORT", "tcp://10.0.0.1:443"},
                   {"RIGHT_SIDE", "1"},
                   {"PORT", "80"}});
  gateway.stop();
  EXPECT_THAT(gateway.process().standard_output() + gateway.process().standard_error(),
              Not(AnyOf(HasSubstr("LANG"), HasSubstr("KUBERNETES"), HasSubstr("RIGHT_SIDE"))));
}

TEST(Start, TheLogFormatsAreLinesOfTheirKind) {
  for (const auto& [format, start] :
       Environment{{"json", "{\"time\":\""}, {"gcl", "{\"time\":\""}, {"erlang", ""}}) {
    ChildProcess program({Gateway::program_path()}, default_settings({{"LOG_FMT", format}}));
    ASSERT_TRUE(eventually([&] {
      return program.standard_output().find("ready") != std::string::npos;
    })) << format;
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_exit(), 0) << format;
    std::istringstream lines(program.standard_output());
    for (std::string line; std::getline(lines, line);)
      EXPECT_EQ(line.substr(0, start.size()), start) << format;
    expect_no_sanitizer_report(program);
  }
}

TEST(Flags, CheckFindsEveryProblemAndStartsNothing) {
  const Listener taken;
  const auto good =
      run({"--check"}, default_settings({{"INBOUND_PORT", std::to_string(taken.port())}}));
  EXPECT_EQ(good.code, 0) << good.all();
  const auto bad =
      run({"--check"}, default_settings({{"INBOUND_PORT", "abc"}, {"EXTRACTORS", "{"}}));
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(lines_with(bad.all(), "INBOUND_PORT").size(), 1U) << bad.all();
  EXPECT_EQ(lines_with(bad.all(), "EXTRACTORS").size(), 1U) << bad.all();
  expect_readable(bad);
}

TEST(Flags, PrintSettingsNamesEachWithItsDefault) {
  const auto outcome = run({"--print-settings"}, {});
  EXPECT_EQ(outcome.code, 0) << outcome.all();
  for (const auto& [name, value] : Environment{{"INBOUND_PORT", "4000"},
                                               {"API_HTTP_PORT", "4010"},
                                               {"LOG_LEVEL", "warn"},
                                               {"CORS", "*"},
                                               {"RIG_HEARTBEAT_INTERVAL", "15s"},
                                               {"RIG_REQUEST_BODY_BYTES_MAX", "1MiB"}}) {
    const auto lines = lines_with(outcome.out, name);
    ASSERT_FALSE(lines.empty()) << name << "\n" << outcome.out;
    EXPECT_THAT(lines.front(), HasSubstr(value));
  }
}

TEST(Flags, PrintPlanShowsEveryModule) {
  const auto outcome = run({"--print-plan"}, {});
  EXPECT_EQ(outcome.code, 0) << outcome.all();
  for (const auto* module : {"metrics", "subscriptions", "transport", "api"})
    EXPECT_THAT(outcome.out, HasSubstr(module));
}

TEST(Flags, VersionAndHelpAreForPeople) {
  const auto version = run({"--version"}, {});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, ::testing::ContainsRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  const auto help = run({"--help"}, {});
  EXPECT_EQ(help.code, 0);
  for (const auto* flag : {"--check", "--print-settings", "--print-plan", "--version"})
    EXPECT_THAT(help.out, HasSubstr(flag));
}

TEST(Flags, AnUnknownOneIsRefused) {
  const auto outcome = run({"--no-such-flag"}, default_settings());
  EXPECT_EQ(outcome.code, 1) << outcome.all();
  EXPECT_THAT(outcome.all(), HasSubstr("--no-such-flag"));
  expect_readable(outcome);
}

}  // namespace
}  // namespace testkit

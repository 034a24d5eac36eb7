#include "logic/flags.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace rig::core {
namespace {

using Action = Flags::Action;
using testing::HasSubstr;
using testing::Not;

Flags parse(std::initializer_list<const char*> words) {
  std::vector<const char*> argv{"rig"};
  argv.insert(argv.end(), words);
  const ProgramTexts program{"rig", "The gateway", "rig 4.0.0 (abc, Clang 19)"};
  return parse_flags(program, static_cast<int>(argv.size()), argv.data());
}

TEST(Flags, WithoutFlagsTheGatewayServes) { EXPECT_EQ(parse({}).action, Action::kServe); }

TEST(Flags, EachFlagHasItsAction) {
  EXPECT_EQ(parse({"--check"}).action, Action::kCheck);
  EXPECT_EQ(parse({"--print-plan"}).action, Action::kPrintPlan);
  EXPECT_EQ(parse({"--print-settings"}).action, Action::kPrintSettingsAsMarkdown);
  EXPECT_EQ(parse({"--print-settings=markdown"}).action, Action::kPrintSettingsAsMarkdown);
  EXPECT_EQ(parse({"--print-settings=json"}).action, Action::kPrintSettingsAsJson);
}

TEST(Flags, HelpNamesEveryFlag) {
  const Flags help = parse({"--help"});
  EXPECT_EQ(help.action, Action::kSay);
  for (const char* flag : {"The gateway", "Usage: rig [OPTIONS]", "--help", "--version", "--check",
                           "--print-settings", "--print-plan"})
    EXPECT_THAT(help.text, HasSubstr(flag));
}

TEST(Flags, VersionIsOneLine) {
  const Flags version = parse({"--version"});
  EXPECT_EQ(version.action, Action::kSay);
  EXPECT_EQ(version.text, "rig 4.0.0 (abc, Clang 19)\n");
}

TEST(Flags, WhatIsNotUnderstoodIsRefusedInOneLine) {
  for (const auto& words :
       std::initializer_list<std::initializer_list<const char*>>{{"--port=4000"},
                                                                 {"serve"},
                                                                 {"--print-settings=xml"},
                                                                 {"--check", "--print-plan"},
                                                                 {"--print-settings", "--check"},
                                                                 {"--bad\nflag"}}) {
    const Flags refused = parse(words);
    EXPECT_EQ(refused.action, Action::kRefuse) << *words.begin();
    EXPECT_THAT(refused.text, HasSubstr("see --help"));
    EXPECT_THAT(refused.text, Not(HasSubstr("\n")));
  }
  EXPECT_THAT(parse({"--port=4000"}).text, HasSubstr("--port=4000"));
}

}  // namespace
}  // namespace rig::core

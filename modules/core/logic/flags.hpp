#pragma once

#include <string>
#include <string_view>

namespace rig::core {

/// What the command line asks for.
struct Flags {
  enum class Action {
    kServe,
    kCheck,
    kPrintSettingsAsMarkdown,
    kPrintSettingsAsJson,
    kPrintPlan,
    kSay,    ///< `text` is the answer (--help, --version)
    kRefuse  ///< `text` says what is wrong with the flags
  };
  Action action = Action::kServe;
  std::string text;
};

/// What --help and --version say of the program.
struct ProgramTexts {
  std::string name;
  std::string description;
  std::string version;
};

[[nodiscard]] Flags parse_flags(const ProgramTexts& program, int argc, const char* const* argv);

}  // namespace rig::core

#include "logic/flags.hpp"

#include <rig/core/escape.hpp>

#include <CLI/CLI.hpp>

#include <map>
#include <memory>

namespace rig::core {
namespace {

/// Leaves out what CLI11 adds for its own purposes: the default of a flag, in braces.
class Formatter final : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    const std::string name = CLI::Formatter::make_option_name(option, is_positional);
    return name.substr(0, name.find('{'));
  }
};

}  // namespace

Flags parse_flags(const ProgramTexts& program, int argc, const char* const* argv) {
  using Action = Flags::Action;
  static const std::map<std::string, Action> kForms = {
      {"markdown", Action::kPrintSettingsAsMarkdown}, {"json", Action::kPrintSettingsAsJson}};

  CLI::App app(program.description, program.name);
  app.formatter(std::make_shared<Formatter>());
  app.set_help_flag("--help", "Print this and exit");
  app.set_version_flag("--version", program.version,
                       "Print version, commit and compiler, and exit");
  app.footer("Settings come from environment variables; --print-settings lists them.");
  bool check = false;
  bool print_plan = false;
  std::string form;
  auto* check_flag =
      app.add_flag("--check", check, "Read all settings, print every problem at once, and exit");
  auto* settings_flag = app.add_flag("--print-settings{markdown}", form,
                                     "Print all settings and exit; as tables, or for programs");
  auto* plan_flag = app.add_flag("--print-plan", print_plan,
                                 "Print the modules, their order and their ports, and exit");
  settings_flag->check(CLI::IsMember(kForms));
  settings_flag->excludes(check_flag)->excludes(plan_flag);
  plan_flag->excludes(check_flag);
  // In place of the notes that CLI11 would make of the lines above.
  check_flag->option_text(" ");
  settings_flag->option_text("[=json]");
  plan_flag->option_text(" ");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {Action::kSay, app.help()};
  } catch (const CLI::CallForVersion&) {
    return {Action::kSay, program.version + "\n"};
  } catch (const CLI::ParseError& error) {
    return {Action::kRefuse, one_line(error.what()) + "; see --help"};
  }
  if (!form.empty()) return {kForms.at(form), {}};
  if (print_plan) return {Action::kPrintPlan, {}};
  return {check ? Action::kCheck : Action::kServe, {}};
}

}  // namespace rig::core

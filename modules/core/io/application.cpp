#include <rig/core/application.hpp>
#include <rig/core/build_info.hpp>
#include <rig/core/env.hpp>
#include <rig/core/lifecycle.hpp>
#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>
#include <rig/core/shard.hpp>

#include "config.hpp"
#include "io/lifecycle_runner.hpp"
#include "io/machine.hpp"
#include "io/module_host.hpp"
#include "io/report.hpp"
#include "logic/flags.hpp"
#include "logic/original_settings.hpp"
#include "logic/plan.hpp"
#include "logic/settings_table.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rig {

using core::CoreConfig;
using core::Flags;
using core::Plan;

namespace {

using DescriptorList = std::span<const Descriptor* const>;
using Sentences = std::vector<std::string>;

/// Ends the log when everything that logs is gone.
class LogSession {
 public:
  LogSession() = default;
  ~LogSession() { log::shutdown(); }
  LogSession(const LogSession&) = delete;
  LogSession& operator=(const LogSession&) = delete;

  static void start(const CoreConfig& config) {
    log::Options options;
    options.level = config.log_level;
    options.format = config.log_format;
    log::start(options);
  }
};

/// The gateway, made but not started, and everything there is to say about its settings.
struct Gateway {
  explicit Gateway(EnvSnapshot environment)
      : snapshot(std::move(environment)),
        env(snapshot),
        config(CoreConfig::from_env(env, core::cpus_of_process())),
        shards(config.shards, config.shard_queue_max) {}

  EnvSnapshot snapshot;
  EnvReader env;
  CoreConfig config;
  Lifecycle lifecycle;
  Shards shards;
  core::CreatedModules modules;
  Sentences problems;
  Sentences warnings;
  Sentences notes;
};

void append(Sentences& to, const Sentences& from) { to.insert(to.end(), from.begin(), from.end()); }

/// Compares the environment with what the modules have read of it.
void look_at_the_rest(Gateway& gateway) {
  std::set<std::string_view> read;
  for (const EnvReader::Record& record : gateway.env.records()) read.insert(record.name);
  core::OriginalSettings original = core::check_original_settings(gateway.snapshot, read);
  gateway.notes = std::move(original.notes);
  append(gateway.warnings, gateway.env.unknown());
  append(gateway.warnings, original.warnings);
  append(gateway.problems, original.problems);
}

void create_modules(Gateway& gateway, DescriptorList descriptors) {
  const Plan plan = core::make_plan(descriptors);
  if (plan.problems.empty())
    gateway.modules =
        core::create_modules(plan.order, gateway.env, gateway.shards, gateway.lifecycle);
  gateway.problems = gateway.env.problems();
  gateway.warnings = gateway.env.warnings();
  append(gateway.problems, plan.problems);
  append(gateway.problems, gateway.modules.problems);
  // A module that is missing has not read its settings, and they would look as if nobody knew them.
  if (plan.problems.empty() && gateway.modules.problems.empty()) look_at_the_rest(gateway);
}

int print_problems(std::string_view program, const Sentences& problems) {
  for (const std::string& problem : problems) core::print_problem(program, problem);
  return 1;
}

int print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

int print_plan(const ProgramInfo& program, DescriptorList descriptors) {
  const Plan plan = core::make_plan(descriptors);
  if (!plan.problems.empty()) return print_problems(program.name, plan.problems);
  return print(core::describe(plan));
}

/// In an empty environment, so that the answer is the same everywhere.
int print_settings(const ProgramInfo& program, DescriptorList descriptors, bool as_json) {
  Gateway gateway({});
  create_modules(gateway, descriptors);
  if (!gateway.problems.empty()) return print_problems(program.name, gateway.problems);
  return print(as_json ? core::settings_as_json(gateway.env.records())
                       : core::settings_as_markdown(gateway.env.records()));
}

int check(const ProgramInfo& program, DescriptorList descriptors) {
  Gateway gateway(environment_of_process());
  create_modules(gateway, descriptors);
  for (const std::string& note : gateway.notes) core::print_remark(program.name, note);
  for (const std::string& warning : gateway.warnings) core::print_remark(program.name, warning);
  if (!gateway.problems.empty()) return print_problems(program.name, gateway.problems);
  return print("settings are fine\n");
}

int serve(const ProgramInfo& program, DescriptorList descriptors) {
  std::signal(SIGPIPE, SIG_IGN);  // a client that is gone is an error of its socket, no more
  const auto open_files_max = core::raise_open_files_limit();
  const LogSession log;
  Gateway gateway(environment_of_process());
  LogSession::start(gateway.config);
  RIG_LOG(kInfo, "limits", {"open_files", open_files_max}, {"shards", gateway.config.shards});

  create_modules(gateway, descriptors);
  for (const std::string& note : gateway.notes) RIG_LOG(kInfo, note);
  for (const std::string& warning : gateway.warnings) RIG_LOG(kWarn, warning);
  if (!gateway.problems.empty()) return print_problems(program.name, gateway.problems);
  return core::run_modules(program.name, gateway.shards, gateway.lifecycle,
                           std::move(gateway.modules), gateway.config.timeouts);
}

core::ProgramTexts texts_of(const ProgramInfo& program) {
  const BuildInfo& build = build_info();
  core::ProgramTexts texts{std::string(program.name), std::string(program.description), {}};
  texts.version.append(program.name).append(" ").append(program.version).append(" (commit ");
  texts.version.append(build.commit).append(", ").append(build.compiler).append(")");
  return texts;
}

int obey(const ProgramInfo& program, DescriptorList modules, const Flags& flags) {
  switch (flags.action) {
    case Flags::Action::kServe: return serve(program, modules);
    case Flags::Action::kCheck: return check(program, modules);
    case Flags::Action::kPrintSettingsAsMarkdown: return print_settings(program, modules, false);
    case Flags::Action::kPrintSettingsAsJson: return print_settings(program, modules, true);
    case Flags::Action::kPrintPlan: return print_plan(program, modules);
    case Flags::Action::kSay: return print(flags.text);
    case Flags::Action::kRefuse: core::print_remark(program.name, flags.text); return 1;
  }
  return 1;
}

}  // namespace

int run_application(const ProgramInfo& program, DescriptorList modules, int argc, char** argv) {
  try {
    return obey(program, modules, core::parse_flags(texts_of(program), argc, argv));
  } catch (const std::exception& error) {
    core::print_problem(program.name, error.what());
    return 1;
  }
}

}  // namespace rig

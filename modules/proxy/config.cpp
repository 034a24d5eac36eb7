#include "config.hpp"

#include "io/definition_files.hpp"

#include <rig/core/env.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace rig::proxy {
namespace {

constexpr std::string_view kFiles = "PROXY_CONFIG_FILE";

void read_definitions(EnvReader& env, ProxyConfig& config) {
  auto sources = read_definition_files(config.files);
  if (!sources) return env.problem(kFiles, sources.error().why);
  config.sources = *std::move(sources);
  auto content = read_sources(config.sources, config.rules);
  for (const auto& problem : content.problems) env.problem(kFiles, problem);
  for (const auto& remark : content.remarks) env.warning(kFiles, remark);
  if (content.definitions.size() > config.apis_max)
    env.problem(kFiles, "has more APIs than RIG_PROXY_APIS_MAX");
  config.definitions = std::move(content.definitions);
}

}  // namespace

ProxyConfig ProxyConfig::from_env(EnvReader& env, DefinitionRules rules) {
  ProxyConfig config;
  config.rules = std::move(rules);
  config.rules.variables = std::make_shared<const EnvSnapshot>(env.snapshot());
  config.files = env.text({kFiles,
                           "API definitions: the path of a JSON or YAML file or of a directory of "
                           "such files, or the JSON itself"},
                          "");
  config.reload_interval =
      env.duration({"RIG_PROXY_CONFIG_RELOAD",
                    "How often these files are looked at for changes; 0: they are read once"},
                   config.reload_interval, std::chrono::milliseconds(0), std::chrono::hours(24));
  config.apis_max = static_cast<std::size_t>(
      env.integer({"RIG_PROXY_APIS_MAX",
                   "Most APIs that are known, those of deleted ones too; when full, no "
                   "new ones are taken"},
                  static_cast<std::int64_t>(config.apis_max), {1, 1'000'000}));
  read_definitions(env, config);
  return config;
}

}  // namespace rig::proxy

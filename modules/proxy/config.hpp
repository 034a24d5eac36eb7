#pragma once

#include "logic/definition_rules.hpp"
#include "logic/definition_sources.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace rig {
class EnvReader;
}

namespace rig::proxy {

/// The settings of API definitions; read once.
struct ProxyConfig {
  std::string files;  ///< PROXY_CONFIG_FILE
  std::vector<DefinitionSource> sources;
  std::vector<boost::json::object> definitions;  ///< what they have; valid, each id once
  std::chrono::milliseconds reload_interval{0};  ///< 0: files are read once
  std::size_t apis_max = 10'000;
  DefinitionRules rules;

  /// `rules` without the variables, which are those of `env`.
  static ProxyConfig from_env(EnvReader& env, DefinitionRules rules);
};

}  // namespace rig::proxy

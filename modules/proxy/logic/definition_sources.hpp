#pragma once

#include "logic/definition_rules.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace rig::proxy {

/// A text with definitions.
struct DefinitionSource {
  enum class Format : std::uint8_t { kJson, kYaml };

  std::string name = {};  ///< of the file; empty: the setting itself
  Format format = Format::kJson;
  bool may_be_one = false;  ///< a definition without a list around it is fine too
  std::string text = {};
  bool operator==(const DefinitionSource&) const = default;
};

/// What all sources together have. Without problems the definitions are valid and each id is there
/// once.
struct SourceContent {
  std::vector<boost::json::object> definitions;
  std::vector<std::string> problems;  ///< sentences for an operator
  std::vector<std::string> remarks;   ///< what is allowed but perhaps not meant
};

[[nodiscard]] SourceContent read_sources(const std::vector<DefinitionSource>& sources,
                                         const DefinitionRules& rules);

}  // namespace rig::proxy

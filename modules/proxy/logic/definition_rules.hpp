#pragma once

#include <rig/core/env.hpp>

#include <functional>
#include <memory>
#include <string>

namespace rig::proxy {

/// What a definition is judged by besides itself.
struct DefinitionRules {
  /// Whose values `use_env` stands for.
  std::shared_ptr<const EnvSnapshot> variables = std::make_shared<const EnvSnapshot>();
  /// False: no endpoint may be secured, since no token could be valid.
  bool has_keys = true;
  /// Why a file has no certificates to verify servers by; empty: it has. Nobody looks if there is
  /// no such function.
  std::function<std::string(const std::string&)> fault_of_ca_file;
  /// It came to be from two that were valid: `auth` is not held against `auth_type`.
  bool is_merged = false;
};

}  // namespace rig::proxy

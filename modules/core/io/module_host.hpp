#pragma once

#include <rig/core/module.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::core {

struct CreatedModule {
  std::string_view name;
  std::unique_ptr<Module> module;
};

/// The modules of the program, in the order of their creation. Created on the main thread, before
/// any shard runs.
struct CreatedModules {
  std::vector<CreatedModule> list;
  std::vector<std::string> problems;  ///< why some could not be created

  CreatedModules() = default;
  CreatedModules(CreatedModules&&) = default;
  CreatedModules& operator=(CreatedModules&&) = default;
  ~CreatedModules() { destroy(); }

  void destroy();  ///< in reverse: nobody outlives what it uses
};

/// Creates every module of `order` and goes on after a failure, so that all problems are known
/// together; only what needs a module that failed is left out.
[[nodiscard]] CreatedModules create_modules(std::span<const Descriptor* const> order,
                                            EnvReader& env, Shards& shards,
                                            const Lifecycle& lifecycle);

}  // namespace rig::core

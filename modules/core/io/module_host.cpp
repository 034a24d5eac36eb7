#include "io/module_host.hpp"

#include "logic/port_table.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/env.hpp>
#include <rig/core/error.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace rig::core {
namespace {

class Context final : public ModuleContext {
 public:
  Context(EnvReader& env, Shards& shards, const Lifecycle& lifecycle)
      : env_(env), shards_(shards), lifecycle_(lifecycle) {}

  EnvReader& env() override { return env_; }
  Shards& shards() override { return shards_; }
  const Lifecycle& lifecycle() override { return lifecycle_; }

  /// Empty if a provider could not be created; its own problem says why.
  std::unique_ptr<Module> create(const Descriptor& descriptor) {
    const bool is_possible =
        std::ranges::all_of(descriptor.needs, [this](PortKey port) { return ports_.has(port); });
    if (!is_possible) return nullptr;
    env_.module(descriptor.name);
    ports_.begin(descriptor);
    auto module = descriptor.create(*this);
    RIG_ASSERT(module != nullptr);
    ports_.end();
    return module;
  }
  void abandon() noexcept { ports_.abandon(); }

 private:
  void* needed(PortKey key) override { return ports_.needed(key); }
  void provided(PortKey key, void* implementation) override {
    ports_.provided(key, implementation);
  }
  void contributed(PortKey key, void* implementation) override {
    ports_.contributed(key, implementation);
  }
  std::vector<void*> collected(PortKey key) override { return ports_.collected(key); }

  EnvReader& env_;
  Shards& shards_;
  const Lifecycle& lifecycle_;
  PortTable ports_;
};

}  // namespace

void CreatedModules::destroy() {
  while (!list.empty()) list.pop_back();
}

CreatedModules create_modules(std::span<const Descriptor* const> order, EnvReader& env,
                              Shards& shards, const Lifecycle& lifecycle) {
  CreatedModules created;
  Context context(env, shards, lifecycle);
  for (const Descriptor* descriptor : order) {
    try {
      if (auto module = context.create(*descriptor))
        created.list.push_back({descriptor->name, std::move(module)});
    } catch (const StartupError& error) {
      context.abandon();
      created.problems.emplace_back(error.what());
    } catch (const std::exception& error) {
      context.abandon();
      created.problems.push_back(std::string("module \"")
                                     .append(descriptor->name)
                                     .append("\" cannot be created: ")
                                     .append(error.what()));
    }
  }
  return created;
}

}  // namespace rig::core

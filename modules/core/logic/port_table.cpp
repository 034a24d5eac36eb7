#include "logic/port_table.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/error.hpp>

#include <algorithm>
#include <string>

namespace rig::core {
namespace {

[[noreturn]] void refuse(const Descriptor& module, PortKey port, std::string_view verb,
                         std::string_view why) {
  throw StartupError(std::string("module \"")
                         .append(module.name)
                         .append("\" ")
                         .append(verb)
                         .append(" port \"")
                         .append(port.name)
                         .append("\"")
                         .append(why));
}

void check_declared(const Descriptor& module, std::span<const PortKey> declared, PortKey port,
                    std::string_view verb) {
  if (std::ranges::find(declared, port) == declared.end())
    refuse(module, port, verb, ", which its descriptor does not declare");
}

}  // namespace

void PortTable::begin(const Descriptor& module) { module_ = &module; }

void PortTable::end() {
  RIG_ASSERT(module_ != nullptr);
  for (const PortKey port : module_->provides) {
    if (!has(port)) refuse(*module_, port, "declares that it provides", ", but did not");
  }
}

void PortTable::abandon() noexcept {
  std::erase_if(providers_, [this](const auto& entry) { return entry.second.module == module_; });
  std::erase_if(lists_, [this](const auto& entry) { return entry.first.second == module_->name; });
}

void* PortTable::needed(PortKey port) const {
  RIG_ASSERT(module_ != nullptr);
  check_declared(*module_, module_->needs, port, "needs");
  const auto provider = providers_.find(port.name);
  if (provider == providers_.end()) refuse(*module_, port, "needs", ", but nobody provided it");
  return provider->second.implementation;
}

void PortTable::provided(PortKey port, void* implementation) {
  RIG_ASSERT(module_ != nullptr && implementation != nullptr);
  check_declared(*module_, module_->provides, port, "provides");
  if (!providers_.emplace(port.name, Provider{module_, implementation}).second)
    refuse(*module_, port, "provides", " twice");
}

void PortTable::contributed(PortKey port, void* implementation) {
  RIG_ASSERT(module_ != nullptr && implementation != nullptr);
  check_declared(*module_, module_->contributes, port, "contributes to");
  lists_[{port.name, module_->name}].push_back(implementation);
}

std::vector<void*> PortTable::collected(PortKey port) const {
  RIG_ASSERT(module_ != nullptr);
  check_declared(*module_, module_->collects, port, "collects");
  std::vector<void*> list;
  for (auto it = lists_.lower_bound({port.name, {}});
       it != lists_.end() && it->first.first == port.name; ++it)
    list.insert(list.end(), it->second.begin(), it->second.end());
  return list;
}

}  // namespace rig::core

#include "io/definition_store.hpp"

#include "io/definition_files.hpp"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace rig::proxy {
namespace {

/// A name that no other change has.
std::string random_name() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the system has no random bytes");
  std::string name;
  for (const auto byte : bytes) {
    name += kDigits[byte >> 4U];
    name += kDigits[byte & 0xFU];
  }
  return name;
}

ApiTable::Stamp make_stamp() {
  using Clock = std::chrono::system_clock;
  return {std::chrono::floor<std::chrono::microseconds>(Clock::now()), random_name()};
}

}  // namespace

DefinitionStore::DefinitionStore(ProxyConfig config, std::string node, metrics::Registry& registry,
                                 CompileRoutes compile)
    : config_(std::move(config)),
      compile_(std::move(compile)),
      apis_(registry.gauge({"rig_proxy_apis", "API definitions that are active"})),
      refused_(registry.counter({"rig_proxy_config_refused_total",
                                 "Changed files with API definitions that were refused"})),
      table_(config_.rules, std::move(node), config_.apis_max) {}

ApiSetRef DefinitionStore::load() {
  (void)files_.load(config_.definitions, table_, make_stamp);
  config_.definitions.clear();
  return publish();
}

DefinitionStore::Plan DefinitionStore::create(const boost::json::value& definition) const {
  return table_.create(definition, make_stamp());
}

DefinitionStore::Plan DefinitionStore::replace(const std::string& id,
                                               const boost::json::value& definition) const {
  return table_.replace(id, definition, make_stamp());
}

DefinitionStore::Plan DefinitionStore::remove(const std::string& id) const {
  return table_.remove(id, make_stamp());
}

DefinitionStore::Applied DefinitionStore::make(Plan plan) {
  Applied applied{table_.make(std::move(plan))};
  if (applied.change.outcome == ApiChange::Outcome::kDone) applied.set = publish();
  return applied;
}

DefinitionStore::Merged DefinitionStore::merge(const std::vector<ApiEntry>& entries) {
  Merged merged;
  bool has_changed = false;
  for (const auto& entry : entries) {
    const auto outcome = table_.merge(entry);
    if (outcome == ApiTable::Merged::kFull) ++merged.refused;
    if (outcome == ApiTable::Merged::kUnreadable) merged.unreadable.push_back(entry.id);
    has_changed |=
        outcome == ApiTable::Merged::kChanged || outcome == ApiTable::Merged::kUnreadable;
  }
  if (has_changed) merged.set = publish();
  return merged;
}

DefinitionStore::Reloaded DefinitionStore::reload() {
  Reloaded reloaded;
  auto sources = read_definition_files(config_.files);
  if (!sources) {
    // As a source of that text, so that it is told once.
    std::vector<DefinitionSource> broken(1);
    broken.front().text = sources.error().why;
    if (broken != config_.sources) reloaded.problems.push_back(sources.error().why);
    config_.sources = std::move(broken);
  } else if (*sources != config_.sources) {
    config_.sources = *std::move(sources);
    const auto content = read_sources(config_.sources, config_.rules);
    reloaded.problems = content.problems;
    if (content.problems.empty()) {
      const auto outcome = files_.load(content.definitions, table_, make_stamp);
      for (const auto& id : outcome.refused)
        reloaded.problems.push_back("no room for API " + id + " (RIG_PROXY_APIS_MAX)");
      reloaded.changed = outcome.changed.size();
      if (!outcome.changed.empty()) reloaded.set = publish();
    }
  }
  if (!reloaded.problems.empty()) refused_.add();
  return reloaded;
}

ApiSetRef DefinitionStore::publish() {
  auto set = std::make_shared<ApiSet>();
  set->version = ++version_;
  set->apis = table_.served();
  if (compile_) set->routes = compile_(*set);
  const auto active = table_.active();
  apis_.add(static_cast<std::int64_t>(active) - static_cast<std::int64_t>(apis_counted_));
  apis_counted_ = active;
  return set;
}

}  // namespace rig::proxy

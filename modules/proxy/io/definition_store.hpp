#pragma once

#include "config.hpp"
#include "logic/api_table.hpp"
#include "logic/definition_sources.hpp"
#include "logic/file_apis.hpp"

#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_change.hpp>
#include <rig/proxy/api_entry.hpp>
#include <rig/proxy/api_set.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rig::proxy {

/// All definitions, where they come from, and the set that is made of them. It lives on one thread,
/// that of the module's worker once that runs.
class DefinitionStore {
 public:
  using Plan = ApiTable::Plan;

  /// What a change leads to: the set that has it, if it was made.
  struct Applied {
    ApiChange change;
    ApiSetRef set = nullptr;
  };
  /// What another look at the files led to.
  struct Reloaded {
    ApiSetRef set = nullptr;
    std::size_t changed = 0;
    std::vector<std::string> problems = {};  ///< then nothing has changed
  };
  struct Merged {
    ApiSetRef set = nullptr;
    std::size_t refused = 0;  ///< no room
    std::vector<std::string> unreadable = {};
  };

  DefinitionStore(ProxyConfig config, std::string node, metrics::Registry& registry,
                  CompileRoutes compile);

  ApiSetRef load();  ///< what the files had when the program started
  /// Changes nothing yet.
  [[nodiscard]] Plan create(const boost::json::value& definition) const;
  [[nodiscard]] Plan replace(const std::string& id, const boost::json::value& definition) const;
  [[nodiscard]] Plan remove(const std::string& id) const;
  Applied make(Plan plan);
  Merged merge(const std::vector<ApiEntry>& entries);
  /// Reads the files again. A problem is told once, until the files change.
  Reloaded reload();

  [[nodiscard]] const ApiTable& table() const { return table_; }

 private:
  ApiSetRef publish();

  ProxyConfig config_;
  CompileRoutes compile_;
  metrics::Gauge& apis_;
  metrics::Counter& refused_;
  ApiTable table_;
  FileApis files_;
  std::uint64_t version_ = 0;
  std::size_t apis_counted_ = 0;  // as the gauge knows
};

}  // namespace rig::proxy

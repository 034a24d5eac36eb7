#pragma once

#include "logic/definition_rules.hpp"

#include <rig/proxy/api_change.hpp>
#include <rig/proxy/api_definition.hpp>
#include <rig/proxy/api_entry.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// All APIs that are known, those of deleted ones as entries that are not active: a map in which
/// the last writer wins, by (`ref_number`, `timestamp`, node). A change that is made here comes
/// after all that is known of its API.
class ApiTable {
 public:
  using Outcome = ApiChange::Outcome;

  /// When a change is made, and a random name for it.
  struct Stamp {
    ApiEntry::Time time;
    std::string change;
  };

  enum class Merged : std::uint8_t {
    kChanged,
    kUnchanged,
    kFull,
    kUnreadable,  ///< taken, to be handed on, but not served: this node finds it invalid
  };

  /// `node`: what this gateway is called. `ids_max`: of deleted APIs too.
  ApiTable(DefinitionRules rules, std::string node, std::size_t ids_max);

  /// A change that is planned: what comes of it, and if it is `kDone` what the table would have.
  struct Plan {
    ApiChange change;
    ApiEntry entry = {};
    std::shared_ptr<const Api> api = nullptr;  ///< null: deleted
  };

  [[nodiscard]] Plan create(const boost::json::value& definition, const Stamp& stamp) const;
  [[nodiscard]] Plan replace(const std::string& id, const boost::json::value& definition,
                             const Stamp& stamp) const;
  [[nodiscard]] Plan remove(const std::string& id, const Stamp& stamp) const;
  /// Creates or replaces as a whole, whatever is there.
  [[nodiscard]] Plan put(const boost::json::value& definition, const Stamp& stamp) const;
  /// Makes what was planned, if it is `kDone` and nothing later is there by now.
  ApiChange make(Plan plan);
  /// Takes what another node knows. Commutative, associative, idempotent.
  Merged merge(const ApiEntry& entry);

  [[nodiscard]] const ApiEntry* find(std::string_view id) const;
  [[nodiscard]] std::vector<ApiEntry> entries() const;

  /// Active ones, by their ids ascending by bytes: as a JSON array, one as JSON, and those that are
  /// served.
  [[nodiscard]] std::string list() const;
  [[nodiscard]] std::optional<std::string> get(std::string_view id) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Api>> served() const;
  [[nodiscard]] std::size_t active() const;

 private:
  struct Known {
    ApiEntry entry;
    std::shared_ptr<const Api> api;  // null: not active, or unreadable
  };

  [[nodiscard]] bool is_active(std::string_view id) const;
  [[nodiscard]] Plan plan(const boost::json::value& definition, const DefinitionRules& rules,
                          const Stamp& stamp) const;
  [[nodiscard]] ApiEntry next(const std::string& id, const Stamp& stamp) const;

  const DefinitionRules rules_;
  const std::string node_;
  const std::size_t ids_max_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace rig::proxy

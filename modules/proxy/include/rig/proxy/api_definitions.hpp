#pragma once

#include <rig/core/task.hpp>
#include <rig/proxy/api_change.hpp>
#include <rig/proxy/api_set.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// The API definitions of this gateway, to be read and changed while it serves. Called on shards,
/// between the module's start and its stop.
class ApiDefinitions {
 public:
  static constexpr std::string_view kPort = "proxy.api_definitions";

  /// The changes are done when every shard uses them, and change nothing unless `kDone`.
  virtual Task<ApiChange> create(boost::json::value definition) = 0;
  /// Members that the definition has replace those of the API; it must be valid by itself.
  virtual Task<ApiChange> replace(std::string id, boost::json::value definition) = 0;
  virtual Task<ApiChange> remove(std::string id) = 0;

  /// The active definitions by their ids, as a JSON array.
  virtual Task<std::string> list() = 0;
  /// One as JSON; nothing if no active API has this id.
  virtual Task<std::optional<std::string>> get(std::string id) = 0;

  /// What this shard uses now; never null. The reference is good until the next suspension, a copy
  /// as long as it is wanted; its count is touched by this shard alone.
  [[nodiscard]] virtual const ApiSetRef& snapshot() const noexcept = 0;

 protected:
  ~ApiDefinitions() = default;
};

}  // namespace rig::proxy

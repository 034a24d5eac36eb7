#pragma once

#include <rig/core/ref.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/api_definition.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <string>
#include <string_view>

namespace rig::proxy {

/// Counts requests under the names and labels that dashboards know (`operations.md` 9). One per
/// shard.
class ProxyMetrics {
 public:
  explicit ProxyMetrics(Ref<metrics::Registry> registry) : registry_(registry) {}

  /// `status`: "ok", "unreachable", "request_timeout", "response_timeout".
  void count(const Endpoint& endpoint, std::string_view method, std::string_view path,
             std::string_view status);
  void count_not_found(std::string_view method, std::string_view path);

 private:
  void count(std::string_view method, std::string_view path, std::string_view target,
             std::string_view response_from, std::string_view status);

  Ref<metrics::Registry> registry_;
  std::string key_;
  boost::unordered_flat_map<std::string, metrics::Counter*> counters_;  // bounded, as paths are not
};

}  // namespace rig::proxy

#include "io/proxy_metrics.hpp"

namespace rig::proxy {
namespace {

constexpr std::string_view kNone = "N/A";

}  // namespace

void ProxyMetrics::count(const Endpoint& endpoint, std::string_view method, std::string_view path,
                         std::string_view status) {
  count(method, path, name_of(endpoint.target), name_of(endpoint.response_from), status);
}

void ProxyMetrics::count_not_found(std::string_view method, std::string_view path) {
  count(method, path, kNone, kNone, "not_found");
}

void ProxyMetrics::count(std::string_view method, std::string_view path, std::string_view target,
                         std::string_view response_from, std::string_view status) {
  key_.assign(method).append(" ").append(path).append(" ");
  key_.append(target).append(" ").append(response_from).append(" ").append(status);
  const auto known = counters_.find(key_);
  if (known != counters_.end()) return known->second->add();
  auto& counter = registry_->counter({"rig_proxy_requests_total", "Proxied requests"},
                                     {{"method", std::string(method)},
                                      {"path", std::string(path)},
                                      {"target", std::string(target)},
                                      {"response_from", std::string(response_from)},
                                      {"status", std::string(status)}});
  counter.add();
  if (counters_.size() < metrics::Registry::kLabelSetsMax) counters_.emplace(key_, &counter);
}

}  // namespace rig::proxy

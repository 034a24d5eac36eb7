#pragma once

#include "io/counted_lines.hpp"
#include "logic/request_record.hpp"

#include <rig/metrics/registry.hpp>
#include <rig/proxy/request_log_sink.hpp>
#include <rig/transport/exchange.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace rig {
class EnvReader;
}

namespace rig::proxy {

/// Where REQUEST_LOG wants the requests.
struct RequestLogConfig {
  bool has_console = false;
  std::vector<RequestLogSink*> sinks;

  /// `sinks`: those that modules contribute. Any other word is a problem.
  static RequestLogConfig from_env(EnvReader& env, const std::vector<RequestLogSink*>& sinks);
};

/// The log of requests that were matched and let in, in the form of the first RIG. On every shard;
/// nobody waits for it.
class RequestLog {
 public:
  RequestLog(RequestLogConfig config, metrics::Registry& registry);

  [[nodiscard]] bool is_on() const noexcept { return console_ || !config_.sinks.empty(); }
  /// `path`: what was asked for, without the query.
  void write(const transport::Exchange& exchange, const Api& api, const Endpoint& endpoint,
             std::string_view path);

 private:
  const RequestLogConfig config_;
  std::optional<CountedLines> console_;
};

}  // namespace rig::proxy

#include "io/request_log.hpp"

#include "logic/http_text.hpp"

#include <rig/cloudevents/stamp.hpp>
#include <rig/core/env.hpp>
#include <rig/core/escape.hpp>

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

constexpr std::string_view kName = "REQUEST_LOG";
constexpr std::string_view kConsole = "console";

std::string words_of(const std::vector<RequestLogSink*>& sinks) {
  std::string words(kConsole);
  for (const auto* sink : sinks) words.append(", ").append(sink->name());
  return words;
}

}  // namespace

RequestLogConfig RequestLogConfig::from_env(EnvReader& env,
                                            const std::vector<RequestLogSink*>& sinks) {
  RequestLogConfig config;
  const auto text = env.text({kName,
                              "Where each request that an endpoint takes is logged before it is "
                              "forwarded, separated by commas: console, kafka"},
                             "");
  std::string_view rest = text;
  while (const auto word = next_item(rest)) {
    if (word->empty()) continue;
    const auto is_meant = [&](const RequestLogSink* sink) { return iequals(sink->name(), *word); };
    const auto sink = std::ranges::find_if(sinks, is_meant);
    if (iequals(*word, kConsole)) {
      config.has_console = true;
    } else if (sink == sinks.end()) {
      env.problem(kName, "names " + core::in_quotes(*word) +
                             ", but this gateway can only log requests to: " + words_of(sinks));
    } else if (std::ranges::find(config.sinks, *sink) == config.sinks.end()) {
      config.sinks.push_back(*sink);
    }
  }
  return config;
}

RequestLog::RequestLog(RequestLogConfig config, metrics::Registry& registry)
    : config_(std::move(config)) {
  if (!config_.has_console) return;
  auto& dropped = registry.counter(
      {"rig_request_log_dropped_total", "Lines of REQUEST_LOG=console that could not be written"});
  console_.emplace(STDOUT_FILENO, dropped);
}

void RequestLog::write(const transport::Exchange& exchange, const Api& api,
                       const Endpoint& endpoint, std::string_view path) {
  const auto& headers = exchange.request().headers;
  const LoggedRequest request{.api = &api,
                              .endpoint = &endpoint,
                              .path = path,
                              .client_ip = exchange.peer().address,
                              .traceparent = headers.find("traceparent").value_or(""),
                              .tracestate = headers.find("tracestate").value_or("")};
  if (console_) console_->write(console_line(request));
  for (auto* sink : config_.sinks)
    sink->write(
        request_record(request, cloudevents::random_uuid(), std::chrono::system_clock::now()));
}

}  // namespace rig::proxy

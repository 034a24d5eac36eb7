#pragma once

#include <rig/proxy/api_definition.hpp>
#include <rig/proxy/request_log_sink.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace rig::proxy {

/// A request as the request log sees it: before its body is read, so nobody knows what comes of it.
/// All views outlive the call.
struct LoggedRequest {
  const Api* api;
  const Endpoint* endpoint;
  std::string_view path;  ///< as the client asked for it, without the query
  std::string_view client_ip;
  std::string_view traceparent = {};  ///< the client's; empty: none
  std::string_view tracestate = {};
};

/// `CALL: [<endpoint id>] <METHOD> <path_regex> => <proxy.target_url>`, with the values of the
/// definition. One line, whatever they hold.
[[nodiscard]] std::string console_line(const LoggedRequest& request);

/// The record for the sinks, with the whole endpoint as it was defined.
[[nodiscard]] RequestRecord request_record(const LoggedRequest& request, std::string_view id,
                                           std::chrono::system_clock::time_point time);

}  // namespace rig::proxy

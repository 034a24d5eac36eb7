#pragma once

#include <rig/proxy/api_definition.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::proxy {

/// What the access log says of a request once its answer is over. Views outlive the call.
struct AccessEntry {
  /// How it ended.
  enum class Result : std::uint8_t {
    kAborted,     ///< neither: the gateway stopped, or failed (see its log)
    kAnswered,    ///< by the gateway itself
    kRelayed,     ///< the client has the backend's answer
    kCut,         ///< the backend's answer ended in the middle
    kClientLeft,  ///< before it was over
  };

  std::chrono::system_clock::time_point time;  ///< when its head had come
  std::string_view client_ip;
  std::string_view method;
  std::string_view target;  ///< see `logged_target`
  int version = 11;
  int status = 0;                ///< 0: none was sent
  std::uint64_t bytes_up = 0;    ///< of the client's body
  std::uint64_t bytes_down = 0;  ///< of the answer's
  std::chrono::microseconds duration{0};
  std::optional<std::chrono::microseconds> upstream_duration = {};  ///< until the answer's head
  std::string_view server = {};  ///< the backend that answered, or that failed
  std::string_view api = {};     ///< empty: no endpoint matched
  std::string_view endpoint = {};
  std::string_view trace_id = {};
  std::string_view user_agent = {};
  std::string_view referer = {};
  Result result = Result::kAborted;
};

/// An object in JSON. What is not known is not in it.
[[nodiscard]] std::string to_json(const AccessEntry& entry);
/// The "combined" format of Apache and nginx.
[[nodiscard]] std::string to_combined(const AccessEntry& entry);

/// A request target as it may be logged: without the authority of an absolute one, and without
/// tokens, those of `rules` and those by the names that are usual for them. Without rules, when no
/// endpoint matched, nobody knows what in the query is one: it is left out.
[[nodiscard]] std::string logged_target(std::string_view target, const AuthRules* rules);

/// The trace id of a `traceparent` (W3C Trace Context); empty if it is none.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent) noexcept;

}  // namespace rig::proxy

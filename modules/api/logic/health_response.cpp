#include "logic/health_response.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace rig::api {

using transport::HttpResponse;

HttpResponse alive() { return HttpResponse::text(200, "OK"); }

HttpResponse readiness(Phase phase, PartStates parts) {
  const bool serves = phase == Phase::kServing;
  const bool is_ready =
      serves && std::ranges::all_of(parts, [](const auto& part) { return part.second.is_ready; });
  const std::string_view status = is_ready ? "ready" : serves ? "not_ready" : to_string(phase);
  std::string body = R"({"status":")";
  body.append(status).append("\"");
  std::string_view separator = R"(,"parts":{")";
  for (const auto& [name, state] : parts) {
    body.append(separator).append(name).append("\":\"").append(state.word).append("\"");
    separator = ",\"";
  }
  body += parts.empty() ? "}" : "}}";
  return HttpResponse::json(is_ready ? 200 : 503, std::move(body));
}

}  // namespace rig::api

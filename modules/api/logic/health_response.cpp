#include "logic/health_response.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace rig::api {

using transport::HttpResponse;

HttpResponse alive() { return HttpResponse::text(200, "OK"); }

HttpResponse readiness(Phase phase) {
  const bool is_ready = phase == Phase::kServing;
  const std::string_view status = is_ready ? "ready" : to_string(phase);
  std::string body = R"({"status":")";
  body += status;
  body += R"("})";
  return HttpResponse::json(is_ready ? 200 : 503, std::move(body));
}

}  // namespace rig::api

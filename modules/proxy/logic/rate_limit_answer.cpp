#include "logic/rate_limit_answer.hpp"

#include <chrono>
#include <string>

namespace rig::proxy {

using std::chrono::seconds;

transport::HttpResponse too_many_requests(const RateLimit& limit, TokenBucket::Wait wait) {
  const auto delay = std::to_string(std::chrono::ceil<seconds>(wait).count());
  auto response =
      transport::HttpResponse::error(429, "Too many requests; try again in " + delay + " s.");
  response.headers.add("retry-after", delay);
  // The window is in whole seconds, or not told.
  auto policy = "\"default\";q=" + std::to_string(limit.requests);
  const auto window = std::chrono::floor<seconds>(limit.per);
  if (window == limit.per) policy += ";w=" + std::to_string(window.count());
  response.headers.add("ratelimit-policy", policy);
  response.headers.add("ratelimit", "\"default\";r=0;t=" + delay);
  return response;
}

}  // namespace rig::proxy

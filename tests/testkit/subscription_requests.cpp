#include "subscription_requests.hpp"

namespace testkit {

std::string subscriptions_path(std::string_view token, std::string_view transport) {
  return "/_rig/v1/connection/" + std::string(transport) + "/" + percent_encode(token) +
         "/subscriptions";
}

HttpRequest put_subscriptions(std::string_view token, std::string_view subscriptions_json,
                              std::string_view transport) {
  return {.method = "PUT",
          .target = subscriptions_path(token, transport),
          .headers = {{"content-type", "application/json"}},
          .body = R"({"subscriptions":)" + std::string(subscriptions_json) + "}"};
}

HttpRequest get_subscriptions(std::string_view token, std::string_view transport) {
  return {.target = subscriptions_path(token, transport)};
}

}  // namespace testkit

#include "publisher.hpp"

#include <utility>

namespace testkit {

std::string event_json(std::string_view type, std::string_view id, std::string_view data) {
  std::string json = R"({"specversion":"1.0","type":")";
  json.append(type).append(R"(","source":"/testkit","id":")").append(id).append("\"");
  if (!data.empty()) json.append(",\"data\":").append(data);
  return json + "}";
}

HttpRequest publish_request(std::string body, std::string content_type) {
  return {.method = "POST",
          .target = "/v3/messages",
          .headers = {{"content-type", std::move(content_type)}},
          .body = std::move(body)};
}

Publisher::Publisher(std::uint16_t port, std::string path)
    : client_(port), path_(std::move(path)) {}

void Publisher::event(std::string_view type, std::string_view id, std::string_view data) {
  structured(event_json(type, id, data));
}

void Publisher::structured(std::string body) {
  auto request = publish_request(std::move(body));
  request.target = path_;
  const auto reply = client_.request(request);
  if (reply.status != 202) {
    throw Failure("publishing was answered with " + std::to_string(reply.status) + ": " +
                  reply.body);
  }
}

}  // namespace testkit

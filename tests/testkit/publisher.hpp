#pragma once

#include "http.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace testkit {

/// A CloudEvent 1.0 as JSON text, from `/testkit`. `data` is JSON; none if empty.
[[nodiscard]] std::string event_json(std::string_view type, std::string_view id,
                                     std::string_view data = {});

/// A request that publishes a structured event at the API door.
[[nodiscard]] HttpRequest publish_request(
    std::string body, std::string content_type = "application/cloudevents+json");

/// A producer with one connection: what it publishes is accepted in this order.
class Publisher {
 public:
  /// At the door of that port; the path is the API door's or, with "/_rig/v1/events", the inbound
  /// one's.
  explicit Publisher(std::uint16_t port, std::string path = "/v3/messages");

  /// Throws Failure unless the answer is 202.
  void event(std::string_view type, std::string_view id, std::string_view data = {});
  void structured(std::string body);

 private:
  HttpClient client_;
  std::string path_;
};

}  // namespace testkit

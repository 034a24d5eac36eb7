#pragma once

#include "testkit/backend.hpp"
#include "testkit/cluster.hpp"
#include "testkit/gateway.hpp"
#include "testkit/http.hpp"
#include "testkit/json.hpp"
#include "testkit/nats_server.hpp"
#include "testkit/raw_socket.hpp"
#include "testkit/sse_client.hpp"
#include "testkit/tokens.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace testkit {

inline constexpr int kCutOff = 401;

inline const std::pair<const std::string, std::string> kKey{"JWT_SECRET_KEY",
                                                            std::string(kTokenSecret)};

inline std::string readiness(const Gateway& gateway) {
  return fetch(gateway.api(), {.target = "/health/ready"}).body;
}

inline bool is_in_state(const Gateway& gateway, std::string_view state) {
  return json_at(readiness(gateway), "/parts/cluster") == state;
}

inline void expect_state(const Gateway& gateway, std::string_view state) {
  EXPECT_TRUE(eventually([&] { return is_in_state(gateway, state); })) << readiness(gateway);
}

/// A node of the cluster on that server; it has joined when it is constructed.
class Node : public Gateway {
 public:
  explicit Node(const NatsServer& server, Environment more = {})
      : Gateway(settings_for(server, std::move(more))) {
    if (!eventually([this] { return is_in_state(*this, "connected"); }))
      throw Failure("the node does not join: " + process().standard_output());
  }

 private:
  static Environment settings_for(const NatsServer& server, Environment more) {
    more.emplace("CLUSTER_URL", "nats://" + server.address());
    more.emplace("CLUSTER_SECRET", kClusterSecret);
    return more;
  }
};

inline HttpReply with_json(std::uint16_t port, std::string method, std::string target,
                           std::string body) {
  return fetch(port, {.method = std::move(method),
                      .target = std::move(target),
                      .headers = {{"content-type", "application/json"}},
                      .body = std::move(body)});
}

inline HttpReply cut_off(const Gateway& gateway, const std::string& session) {
  return with_json(gateway.api(), "POST", "/v3/session-blacklist",
                   R"({"sessionId":")" + session + R"(","validityInSeconds":3600})");
}

inline HttpRequest sse_of(const std::string& session) {
  auto request = sse_request("[]");
  request.target += "&jwt=" + session_token(session);
  return request;
}

inline int status_of_connecting(const Gateway& gateway, const std::string& session) {
  RawSocket socket(gateway.inbound());
  socket.send(to_bytes(sse_of(session)));
  return read_reply_head(socket).status;
}

inline std::string api_to(const Backend& backend, const std::string& path) {
  return R"({"id":"shop","name":"Shop","proxy":{"target_url":"localhost","port":)" +
         std::to_string(backend.port()) +
         R"(},"version_data":{"default":{"endpoints":[{"id":"e","method":"GET","path":")" + path +
         R"("}]}}})";
}

inline int status_of(const Gateway& gateway, const std::string& path) {
  return fetch(gateway.inbound(), {.target = path}).status;
}

}  // namespace testkit

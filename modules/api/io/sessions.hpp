#pragma once

#include "io/cluster_sessions.hpp"

#include <rig/core/ref.hpp>
#include <rig/sessions/sessions.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>
#include <string>

namespace rig::api {

/// Cuts sessions off and lets them in again.
class SessionBlacklistEndpoint final : public transport::HttpEndpoint {
 public:
  explicit SessionBlacklistEndpoint(Ref<sessions::Sessions> sessions) : sessions_(sessions) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  static Task<transport::HttpResponse> add(Ref<sessions::Sessions> sessions,
                                           transport::HttpRequest request);
  static Task<transport::HttpResponse> lift(Ref<sessions::Sessions> sessions, std::string session);

  Ref<sessions::Sessions> sessions_;
};

/// Lists who is connected, by session, on all nodes.
class SessionsEndpoint final : public transport::HttpEndpoint {
 public:
  explicit SessionsEndpoint(Ref<ClusterSessions> sessions) : sessions_(sessions) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  Ref<ClusterSessions> sessions_;
};

}  // namespace rig::api

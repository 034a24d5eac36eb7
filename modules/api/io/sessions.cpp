#include "io/sessions.hpp"

#include "logic/session_request.hpp"
#include "logic/session_response.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace rig::api {
namespace {

using sessions::Sessions;
using transport::Door;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::Route;

constexpr std::array kBlacklistRoutes{
    Route{.door = Door::kApi, .method = "POST", .path = "/v3/session-blacklist"},
    Route{.door = Door::kApi, .method = "POST", .path = "/v2/session-blacklist"},
    Route{.door = Door::kApi, .method = "GET", .path = "/v3/session-blacklist/{id}"},
    Route{.door = Door::kApi, .method = "GET", .path = "/v2/session-blacklist/{id}"},
    Route{.door = Door::kApi, .method = "DELETE", .path = "/v3/session-blacklist/{id}"},
    Route{.door = Door::kApi, .method = "DELETE", .path = "/v2/session-blacklist/{id}"},
};

constexpr std::string_view kSessionsPath = "/v3/sessions";
constexpr std::array kSessionsRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = kSessionsPath},
    Route{.door = Door::kApi, .method = "GET", .path = "/v3/sessions/{id}"},
};

/// Behind `kSessionsPath`, but for a slash at its end.
bool names_a_session(std::string_view path) { return path.size() > kSessionsPath.size() + 1; }

}  // namespace

std::span<const Route> SessionBlacklistEndpoint::routes() const { return kBlacklistRoutes; }

Task<HttpResponse> SessionBlacklistEndpoint::handle(HttpRequest request) {
  if (request.method == "POST") {
    auto response = co_await add(sessions_, std::move(request));
    allow_any_origin(response);
    co_return response;
  }
  auto session = last_segment(request.path());
  if (!session) co_return is_cut_off(false);
  if (request.method == "DELETE") co_return co_await lift(sessions_, *std::move(session));
  co_return is_cut_off(sessions_->is_blacklisted(*session));
}

Task<HttpResponse> SessionBlacklistEndpoint::add(Ref<Sessions> sessions, HttpRequest request) {
  auto wanted = parse_blacklist_request(request);
  if (!wanted) co_return std::move(wanted).error();
  auto response = cut_off(request.path(), wanted->session);
  const bool is_done = co_await sessions->blacklist(std::move(wanted->session), wanted->validity);
  co_return is_done ? std::move(response) : blacklist_full();
}

Task<HttpResponse> SessionBlacklistEndpoint::lift(Ref<Sessions> sessions, std::string session) {
  const bool was_cut_off = co_await sessions->lift(std::move(session));
  co_return let_in(was_cut_off);
}

std::span<const Route> SessionsEndpoint::routes() const { return kSessionsRoutes; }

Task<HttpResponse> SessionsEndpoint::handle(HttpRequest request) {
  if (names_a_session(request.path())) {
    const auto session = last_segment(request.path());
    if (!session) co_return session_with({}, {}, {});
    auto listing = co_await sessions_->list({.session = *session});
    co_return session_with(*session, listing.page.connections, listing.missing);
  }
  auto wanted = parse_list_request(request.query());
  if (!wanted) co_return std::move(wanted).error();
  SessionQuestion question{.user = std::move(wanted->user)};
  if (question.user.empty()) {
    question.after = std::move(wanted->after);
    question.limit = wanted->limit;
  }
  const auto listing = co_await sessions_->list(std::move(question));
  co_return page_of(listing.page, listing.missing);
}

}  // namespace rig::api

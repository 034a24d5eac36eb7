#include "io/apis.hpp"

#include "logic/api_request.hpp"
#include "logic/api_response.hpp"
#include "logic/session_request.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace rig::api {
namespace {

using transport::Door;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::Route;

constexpr std::string_view kList = "/v3/apis";
constexpr std::string_view kOldList = "/v2/apis";
constexpr std::string_view kOne = "/v3/apis/{id}";
constexpr std::string_view kOldOne = "/v2/apis/{id}";

constexpr std::array kRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = kList},
    Route{.door = Door::kApi, .method = "GET", .path = kOldList},
    Route{.door = Door::kApi, .method = "POST", .path = kList},
    Route{.door = Door::kApi, .method = "POST", .path = kOldList},
    Route{.door = Door::kApi, .method = "GET", .path = kOne},
    Route{.door = Door::kApi, .method = "GET", .path = kOldOne},
    Route{.door = Door::kApi, .method = "PUT", .path = kOne},
    Route{.door = Door::kApi, .method = "PUT", .path = kOldOne},
    Route{.door = Door::kApi, .method = "DELETE", .path = kOne},
    Route{.door = Door::kApi, .method = "DELETE", .path = kOldOne},
};

/// Behind the path of the list, but for a slash at its end.
bool names_an_api(std::string_view path) { return path.size() > kList.size() + 1; }

}  // namespace

std::span<const Route> ApisEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> ApisEndpoint::handle(HttpRequest request) {
  if (!names_an_api(request.path())) {
    if (request.method == "POST") co_return co_await create(definitions_, std::move(request));
    co_return HttpResponse::json(200, co_await definitions_->list());
  }
  auto id = last_segment(request.path());
  if (!id) co_return error_page(400, "The id is not percent-encoded as it should be.");
  if (request.method == "PUT")
    co_return co_await replace(definitions_, *std::move(id), std::move(request));
  if (request.method == "DELETE")
    co_return changed(co_await definitions_->remove(*std::move(id)), 204);
  co_return co_await read(definitions_, *std::move(id));
}

Task<HttpResponse> ApisEndpoint::create(Definitions definitions, HttpRequest request) {
  auto definition = parse_definition_request(request);
  if (!definition) co_return std::move(definition).error();
  co_return changed(co_await definitions->create(*std::move(definition)), 201);
}

Task<HttpResponse> ApisEndpoint::replace(Definitions definitions, std::string id,
                                         HttpRequest request) {
  auto definition = parse_definition_request(request);
  if (!definition) co_return std::move(definition).error();
  co_return changed(co_await definitions->replace(std::move(id), *std::move(definition)), 200);
}

Task<HttpResponse> ApisEndpoint::read(Definitions definitions, std::string id) {
  auto definition = co_await definitions->get(id);
  if (!definition) co_return unknown_api(id);
  co_return HttpResponse::json(200, *std::move(definition));
}

}  // namespace rig::api

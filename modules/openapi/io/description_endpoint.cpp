#include "io/description_endpoint.hpp"

#include "embedded/embedded.hpp"
#include "logic/clients_url.hpp"

#include <array>
#include <string>
#include <string_view>

namespace rig::openapi {
namespace {

using transport::Door;
using transport::HttpResponse;
using transport::Route;

constexpr std::array kRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = "/openapi.json", .open = true},
};

std::string with_clients_url(std::string_view text, std::string_view url) {
  std::string all;
  all.reserve(text.size() + 1024);
  for (auto at = text.find(kClientsUrl); at != std::string_view::npos;
       at = text.find(kClientsUrl)) {
    all.append(text.substr(0, at)).append(url);
    text.remove_prefix(at + kClientsUrl.size());
  }
  return all.append(text);
}

}  // namespace

std::span<const Route> DescriptionEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> DescriptionEndpoint::handle(transport::HttpRequest request) {
  const auto url = clients_url(request.headers.find("host").value_or(""), ports_.inbound);
  co_return HttpResponse::json(200, with_clients_url(description(), url));
}

}  // namespace rig::openapi

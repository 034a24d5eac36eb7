#include "io/page_endpoint.hpp"

#include "embedded/embedded.hpp"
#include "logic/clients_url.hpp"
#include "logic/encoding.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace rig::openapi {
namespace {

using transport::Door;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::Route;

constexpr std::string_view kPage = "/docs";
constexpr std::string_view kOldPage = "/swagger-ui";
constexpr std::array kRoutes{
    Route{.door = Door::kApi, .method = "GET", .path = kPage, .open = true},
    Route{.door = Door::kApi, .method = "GET", .path = "/docs/{file}", .open = true},
    Route{.door = Door::kApi, .method = "GET", .path = kOldPage, .open = true},
    Route{.door = Door::kApi, .method = "GET", .path = "/swagger-ui/{file}", .open = true},
};
constexpr std::string_view kNoPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>RIG</title>"
    "<p>This gateway was built without its page. It is described in "
    "<a href=\"openapi.json\">openapi.json</a>, which other programs can show.</p></html>\n";

HttpResponse redirect(std::string_view to) {
  HttpResponse response;
  response.status = 302;  // as version 3 did
  response.headers.add("location", to);
  return response;
}

HttpResponse from_old(std::string_view path) {
  return redirect(path.ends_with("/rig_api_swagger.json") ? "/openapi.json" : kPage);
}

/// Whatever the page is made of, it loads and asks nothing but this node.
std::string content_security_policy(std::string_view clients) {
  return std::string(
             "default-src 'none'; script-src 'self'; style-src 'self'; "
             "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
             "connect-src 'self' ")
      .append(clients);
}

HttpResponse unchanged() {
  HttpResponse response;
  response.status = 304;
  return response;
}

HttpResponse content_of(const Asset& asset, bool as_gzip) {
  HttpResponse response;
  response.content_type = asset.content_type;
  if (as_gzip) response.headers.add("content-encoding", "gzip");
  response.body = as_gzip ? std::string(asset.gzipped) : unzipped(asset.gzipped);
  return response;
}

HttpResponse file(std::string_view name, const transport::Headers& headers) {
  const auto assets = page();
  const auto found = std::ranges::find(assets, name, &Asset::name);
  if (found == assets.end()) {
    if (!name.empty()) return HttpResponse::error(404, "Not Found");
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = kNoPage;
    return response;
  }
  const bool as_gzip = accepts_gzip(headers.find("accept-encoding").value_or(""));
  // Two encodings are two representations.
  auto tag = tag_of(found->gzipped);
  if (as_gzip) tag.insert(tag.size() - 1, "-gzip");
  auto response = names_tag(headers.find("if-none-match").value_or(""), tag)
                      ? unchanged()
                      : content_of(*found, as_gzip);
  response.headers.add("etag", tag);
  response.headers.add("cache-control", "no-cache");
  response.headers.add("vary", "accept-encoding");
  return response;
}

}  // namespace

std::span<const Route> PageEndpoint::routes() const { return kRoutes; }

Task<HttpResponse> PageEndpoint::handle(HttpRequest request) {
  const auto path = request.path();
  if (path.starts_with(kOldPage)) co_return from_old(path);
  if (path == "/docs/") co_return redirect(kPage);  // or what it loads would be elsewhere
  const auto name = path.substr(std::min(path.size(), kPage.size() + 1));
  auto response = file(name, request.headers);
  const auto clients = clients_url(request.headers.find("host").value_or(""), ports_.inbound);
  response.headers.add("content-security-policy", content_security_policy(clients));
  response.headers.add("x-content-type-options", "nosniff");
  response.headers.add("referrer-policy", "no-referrer");
  co_return response;
}

}  // namespace rig::openapi

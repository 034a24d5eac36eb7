#include "io/description_endpoint.hpp"
#include "io/page_endpoint.hpp"

#include "embedded/embedded.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace rig::openapi {
namespace {

using testing::HasSubstr;
using testing::Not;
using transport::HttpRequest;
using transport::HttpResponse;

HttpResponse ask(transport::HttpEndpoint& endpoint, HttpRequest request) {
  boost::asio::io_context context(1);
  auto response = boost::asio::co_spawn(context.get_executor(), endpoint.handle(std::move(request)),
                                        boost::asio::use_future);
  context.run();
  return response.get();
}

HttpRequest get(std::string target) {
  HttpRequest request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

TEST(Description, HasTheAddressOfWhoeverAsks) {
  DescriptionEndpoint endpoint;
  endpoint.listening({.inbound = 4711, .api = 4712});
  auto request = get("/openapi.json");
  request.headers.add("host", "rig.example.com:80");
  const auto response = ask(endpoint, request);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"http://rig.example.com:4711\""));
  EXPECT_THAT(response.body, Not(HasSubstr(std::string(kClientsUrl))));
  const auto text = boost::json::parse(response.body);
  EXPECT_EQ(text.at("openapi").as_string(), "3.1.0");
}

TEST(Page, OldAddressesLeadToTheNewOnes) {
  PageEndpoint endpoint;
  for (const auto* path : {"/swagger-ui", "/swagger-ui/", "/swagger-ui/index.html", "/docs/"}) {
    const auto response = ask(endpoint, get(path));
    EXPECT_EQ(response.status, 302) << path;
    EXPECT_EQ(response.headers.find("location"), "/docs") << path;
  }
  const auto response = ask(endpoint, get("/swagger-ui/rig_api_swagger.json"));
  EXPECT_EQ(response.headers.find("location"), "/openapi.json");
}

TEST(Page, BrowserMayAskNobodyElse) {
  PageEndpoint endpoint;
  endpoint.listening({.inbound = 4711, .api = 4712});
  auto request = get("/docs");
  request.headers.add("host", "localhost:4712");
  const auto response = ask(endpoint, request);
  EXPECT_EQ(response.status, 200);
  const auto policy = response.headers.find("content-security-policy").value_or("");
  EXPECT_THAT(policy, testing::StartsWith("default-src 'none';"));
  EXPECT_THAT(policy, testing::EndsWith("connect-src 'self' http://localhost:4711"));
}

TEST(Page, UnknownFilesAreNotFound) {
  PageEndpoint endpoint;
  for (const auto* path : {"/docs/nothing", "/docs/index.html", "/docs/..", "/docs/%00"})
    EXPECT_EQ(ask(endpoint, get(path)).status, 404) << path;
}

// In a build without the page there is none, and /docs says so.
TEST(Page, FilesAreSentAsTheClientTakesThem) {
  PageEndpoint endpoint;
  for (const auto& asset : page()) {
    const auto path = asset.name.empty() ? "/docs" : "/docs/" + std::string(asset.name);
    const auto plain = ask(endpoint, get(path));
    auto request = get(path);
    request.headers.add("accept-encoding", "br, gzip");
    const auto zipped = ask(endpoint, request);
    EXPECT_EQ(plain.status, 200) << path;
    EXPECT_EQ(zipped.status, 200) << path;
    EXPECT_EQ(plain.content_type, asset.content_type);
    EXPECT_FALSE(plain.headers.find("content-encoding"));
    EXPECT_EQ(zipped.headers.find("content-encoding"), "gzip");
    EXPECT_EQ(zipped.body, asset.gzipped);
    EXPECT_GT(plain.body.size(), 0U) << path;
    EXPECT_NE(plain.headers.find("etag"), zipped.headers.find("etag"));

    request.headers.add("if-none-match", *zipped.headers.find("etag"));
    const auto again = ask(endpoint, request);
    EXPECT_EQ(again.status, 304) << path;
    EXPECT_EQ(again.body, "");
  }
  if (page().empty()) {
    EXPECT_THAT(ask(endpoint, get("/docs")).body, HasSubstr("openapi.json"));
  }
}

}  // namespace
}  // namespace rig::openapi

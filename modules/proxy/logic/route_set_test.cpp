#include "logic/route_set.hpp"

#include "logic/route_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Apis = std::vector<std::shared_ptr<const Api>>;

/// "GET /a/{b}" or "GET ~/a/(.*)", a pattern.
Endpoint endpoint(std::string id, std::string_view route) {
  Endpoint result;
  result.id = std::move(id);
  const auto space = route.find(' ');
  result.method = route.substr(0, space);
  const auto path = route.substr(space + 1);
  if (path.starts_with('~'))
    result.path_regex = path.substr(1);
  else
    result.path = path;
  return result;
}

/// One API, whose endpoints are called "0", "1", ….
Apis apis_of(const std::vector<std::string>& routes) {
  auto api = std::make_shared<Api>();
  api->id = "api";
  for (std::size_t i = 0; i < routes.size(); ++i)
    api->endpoints.push_back(endpoint(std::to_string(i), routes[i]));
  return {api};
}

struct Routes {
  explicit Routes(const std::vector<std::string>& routes) : apis(apis_of(routes)), set(apis) {}

  /// The endpoint's id and the captures but the first; "-" if there is none.
  [[nodiscard]] std::string find(std::string_view method, std::string_view path) const {
    const auto match = set.find(method, path);
    if (!match) return "-";
    EXPECT_EQ(match->captures.front(), path);
    std::string text = match->route->endpoint->id;
    for (std::size_t i = 1; i < match->captures.size(); ++i)
      text.append(" ").append(match->captures[i]);
    return text;
  }

  Apis apis;
  RouteSet set;
};

TEST(RouteSet, LiteralAndTemplatePathsAreFoundByMethod) {
  const Routes routes(
      {"GET /books", "GET /books/{id}", "POST /books", "GET /", "GET /books/{id}/p/{n}"});
  EXPECT_EQ(routes.find("GET", "/books"), "0");
  EXPECT_EQ(routes.find("GET", "/books/7"), "1 7");
  EXPECT_EQ(routes.find("POST", "/books"), "2");
  EXPECT_EQ(routes.find("GET", "/"), "3");
  EXPECT_EQ(routes.find("GET", "/books/7/p/9"), "4 7 9");
  EXPECT_EQ(routes.find("GET", "/books/"), "-");
  EXPECT_EQ(routes.find("GET", "/books/7/"), "-");
  EXPECT_EQ(routes.find("GET", "/Books"), "-");
  EXPECT_EQ(routes.find("GET", "/x/books"), "-");
  EXPECT_EQ(routes.find("PUT", "/books"), "-");
  EXPECT_EQ(routes.find("GET", ""), "-");
  EXPECT_EQ(routes.find("GET", "*"), "-");
}

TEST(RouteSet, TemplateTakesOneSegmentAsItStands) {
  const Routes routes({"GET /a/{b}/c"});
  EXPECT_EQ(routes.find("GET", "/a/%2F/c"), "0 %2F");
  EXPECT_EQ(routes.find("GET", "/a//c"), "-");
  EXPECT_EQ(routes.find("GET", "/a/b/d/c"), "-");
}

TEST(RouteSet, LiteralOfAPathIsNormalisedLikeRequests) {
  EXPECT_EQ(Routes({"GET /%7euser/%c3%a4"}).find("GET", "/~user/%C3%A4"), "0");
}

TEST(RouteSet, PatternsMatchInAnyCase) {
  const Routes routes({"GET ~/echo", "GET ~/Shop/([a-z]+)"});
  EXPECT_EQ(routes.find("GET", "/ECHO"), "0");
  EXPECT_EQ(routes.find("GET", "/sHOP/ABC"), "1 ABC");
}

TEST(RouteSet, PatternsMatchTheWholePath) {  // P23 of the contract
  const Routes routes({"GET ~/p/a", "GET ~^/q/[ab]$", "GET ~^/r$"});
  EXPECT_EQ(routes.find("GET", "/p/a"), "0");
  EXPECT_EQ(routes.find("GET", "/x/p/a"), "-");
  EXPECT_EQ(routes.find("GET", "/p/ab"), "-");
  EXPECT_EQ(routes.find("GET", "/q/b"), "1");
  EXPECT_EQ(routes.find("GET", "/x/q/b"), "-");
  EXPECT_EQ(routes.find("GET", "/r"), "2");
}

TEST(RouteSet, AlternativesAreGrouped) {
  const Routes routes({"GET ~/a|/b(.*)|/c"});
  EXPECT_EQ(routes.find("GET", "/a"), "0 ");
  EXPECT_EQ(routes.find("GET", "/b1"), "0 1");
  EXPECT_EQ(routes.find("GET", "/c"), "0 ");
  EXPECT_EQ(routes.find("GET", "/ax"), "-");
  EXPECT_EQ(routes.find("GET", "/x/c"), "-");
}

TEST(RouteSet, FirstInOrderWinsAcrossKinds) {
  const Routes routes({"GET ~/a/(.+)", "GET /a/b", "GET ~/a/b"});
  EXPECT_EQ(routes.find("GET", "/a/b"), "0 b");
  const Routes turned({"GET /a/b", "GET /a/{x}", "GET ~/a/(.+)", "GET ~/.*"});
  EXPECT_EQ(turned.find("GET", "/a/b"), "0");
  EXPECT_EQ(turned.find("GET", "/a/c"), "1 c");
  EXPECT_EQ(turned.find("GET", "/a/c/d"), "2 c/d");
  EXPECT_EQ(turned.find("GET", "/b"), "3");
  const Routes mixed({"GET /{x}/b", "GET /a/{y}", "GET ~/A/b", "GET /a/b"});
  EXPECT_EQ(mixed.find("GET", "/a/b"), "0 a");
  EXPECT_EQ(mixed.find("GET", "/a/c"), "1 c");
  const Routes below({"GET /{x}/b/z", "GET /a/b", "GET /{x}/b"});
  EXPECT_EQ(below.find("GET", "/a/b"), "1");
  EXPECT_EQ(below.find("GET", "/c/b"), "2 c");
}

TEST(RouteSet, OrderIsThatOfTheApis) {
  auto first = std::make_shared<Api>();
  first->id = "a";
  first->endpoints.push_back(endpoint("x", "GET ~/.*"));
  auto second = std::make_shared<Api>();
  second->id = "b";
  second->endpoints.push_back(endpoint("y", "GET /p"));
  const Apis apis = {first, second};
  const RouteSet set(apis);
  EXPECT_EQ(set.find("GET", "/p")->route->name, "a/x");
}

TEST(RouteSet, VersionedAndInactiveApisAreNotServed) {
  auto versioned = std::make_shared<Api>();
  versioned->versioned = true;
  versioned->endpoints.push_back(endpoint("x", "GET /p"));
  auto inactive = std::make_shared<Api>();
  inactive->active = false;
  inactive->endpoints.push_back(endpoint("x", "GET /p"));
  const Apis apis = {versioned, inactive};
  EXPECT_FALSE(RouteSet(apis).find("GET", "/p"));
}

TEST(RouteSet, HeadFindsItsOwnEndpointFirstAndElseThatOfGet) {  // P11, vector 18 of the contract
  const Routes routes({"GET /a", "HEAD /a", "GET /b", "POST /c", "get /d"});
  EXPECT_EQ(routes.find("HEAD", "/a"), "1");
  EXPECT_EQ(routes.find("HEAD", "/b"), "2");
  EXPECT_EQ(routes.find("HEAD", "/c"), "-");
  EXPECT_EQ(routes.find("GET", "/d"), "4");
  EXPECT_EQ(routes.find("get", "/d"), "-");
}

TEST(RouteSet, TellsWhatAPathAllows) {
  const Routes routes(
      {"GET /a", "POST ~/a", "HEAD /b", "GET /b", "DELETE /c/{x}", "OPTIONS /c/{x}"});
  EXPECT_EQ(routes.set.allowed_methods("/a"), "GET, POST, HEAD");
  EXPECT_EQ(routes.set.allowed_methods("/b"), "GET, HEAD");
  EXPECT_EQ(routes.set.allowed_methods("/c/1"), "DELETE, OPTIONS");
  EXPECT_EQ(routes.set.allowed_methods("/d"), "");
}

TEST(RouteSet, BelowASegmentIsFoundWithAndWithoutMore) {
  const Routes routes({"GET ~/shop(/.*)?", "GET ~/v(?:/.+)?$"});
  EXPECT_EQ(routes.find("GET", "/shop"), "0 ");
  EXPECT_EQ(routes.find("GET", "/shop/a/b"), "0 /a/b");
  EXPECT_EQ(routes.find("GET", "/shopping"), "-");
  EXPECT_EQ(routes.find("GET", "/v/1"), "1");
  EXPECT_EQ(routes.find("GET", "/v/"), "-");
}

TEST(RouteSet, LiteralStartIsNoPromiseBeforeAQuantifier) {
  const Routes routes({"GET ~/ab?", "GET ~/x/y*", "GET ~/colou{0,1}r", R"(GET ~/a\.b)",
                       R"(GET ~/\Qq.r\E/\d+)", "GET ~/s/?", "GET ~(?i:/T)/u", R"(GET ~/w\x61)"});
  EXPECT_EQ(routes.find("GET", "/a"), "0");
  EXPECT_EQ(routes.find("GET", "/ab"), "0");
  EXPECT_EQ(routes.find("GET", "/x/"), "1");
  EXPECT_EQ(routes.find("GET", "/x/yy"), "1");
  EXPECT_EQ(routes.find("GET", "/color"), "2");
  EXPECT_EQ(routes.find("GET", "/a.b"), "3");
  EXPECT_EQ(routes.find("GET", "/axb"), "-");
  EXPECT_EQ(routes.find("GET", "/q.r/7"), "4");
  EXPECT_EQ(routes.find("GET", "/s"), "5");
  EXPECT_EQ(routes.find("GET", "/s/"), "5");
  EXPECT_EQ(routes.find("GET", "/t/u"), "6");
  EXPECT_EQ(routes.find("GET", "/wa"), "7");
}

TEST(RouteSet, ManyPatternsThatStartAlikeKeepTheirOrder) {
  std::vector<std::string> all;
  for (int i = 0; i < 100; ++i) all.push_back("GET ~/([^/]+)/x" + std::to_string(i) + "/.*");
  all.emplace_back("GET ~/([^/]+)/x7/(a)");
  all.emplace_back("GET /q/x8/a");
  all.emplace_back("GET /lit/{x}");
  all.emplace_back("GET ~/.*");
  const Routes routes(all);
  EXPECT_EQ(routes.find("GET", "/lit/a"), "102 a");
  EXPECT_EQ(routes.find("GET", "/q/x7/a"), "7 q");
  EXPECT_EQ(routes.find("GET", "/q/x8/a"), "8 q");
  EXPECT_EQ(routes.find("GET", "/q/x99/"), "99 q");
  EXPECT_EQ(routes.find("GET", "/q/x100/"), "103");
}

TEST(RouteSet, HostilePatternsAndPathsTakeLinearTime) {
  const Routes routes({"GET ~/(a+)+b", "GET ~/(a|aa)*c", "GET ~/((((.*)*)*)*)d"});
  EXPECT_EQ(routes.find("GET", "/" + std::string(8000, 'a')), "-");
}

TEST(RouteSet, WhatCannotBeServedIsNamedAndHurtsNothingElse) {  // P2 of the contract
  const Routes routes({"GET ~/a(", "GET ~/(?=b)", R"(GET ~/(a)\1)", "GET ~/a)(b", "GET /x{y}",
                       "GET /{a}/{a}", "GET b", "GET /a/../b", "GET /a b", "GET /ok"});
  EXPECT_EQ(routes.set.problems().size(), 9U);
  for (const auto& problem : routes.set.problems()) {
    EXPECT_THAT(problem, testing::StartsWith("api/"));
    EXPECT_THAT(problem, testing::EndsWith("."));
  }
  EXPECT_EQ(routes.find("GET", "/ok"), "9");
  EXPECT_EQ(routes.find("GET", "/a"), "-");
}

std::vector<std::string> warnings_of(const std::vector<std::string>& routes) {
  return route_warnings(Routes(routes).set);
}

TEST(RouteWarnings, NameWhatIsNeverReached) {
  EXPECT_THAT(warnings_of({"GET /{a}/b", "GET /a/b", "POST /a/b"}),
              ElementsAre("api/1: is never reached, as api/0 comes first."));
  EXPECT_THAT(warnings_of({"GET ~/.*", "GET ~/.*"}),
              ElementsAre("api/1: is never reached, as api/0 has the same pattern."));
  EXPECT_THAT(
      warnings_of({"GET ~/.*/b", "GET /a/{x}/b"}),
      ElementsAre("api/1: is not reached by some paths, like /a/*x*/b, as api/0 comes first."));
  EXPECT_THAT(warnings_of({"GET /a/b", "GET /{a}/b"}), IsEmpty());
}

TEST(RouteWarnings, NameReplacementsOfGroupsThatAreNotThere) {
  auto api = std::make_shared<Api>();
  api->id = "api";
  for (const auto* route : {"GET /a/{x}", "GET /b/{x}/{y}", "GET ~/.*/c(d)", "GET ~/.*/(e)(f)"}) {
    api->endpoints.push_back(endpoint(std::to_string(api->endpoints.size()), route));
    api->endpoints.back().path_replacement = R"(/\1/\2)";
  }
  const Apis apis = {api};
  EXPECT_THAT(route_warnings(RouteSet(apis)),
              ElementsAre(HasSubstr("api/0: has a replacement"), HasSubstr("api/2: has a")));
}

TEST(RouteWarnings, NamePatternsThatMatchNothing) {
  EXPECT_THAT(warnings_of({"GET ~todos/1"}),
              ElementsAre(HasSubstr("can match nothing, as paths start")));
  EXPECT_THAT(warnings_of({"GET ~/.*/{id}"}), ElementsAre(HasSubstr("{name}")));
  EXPECT_THAT(warnings_of({R"(GET ~/.*\p{Greek}a{2})"}), IsEmpty());
}

TEST(RouteWarnings, NameWhatTheFirstRigReadDifferently) {  // P23 of the contract
  EXPECT_THAT(warnings_of({"GET ~/admin", "GET /x/admin"}),
              ElementsAre(HasSubstr("api/0: does not match /x/admin of api/1;"),
                          HasSubstr("1 pattern matches whole paths here")));
  EXPECT_THAT(warnings_of({"GET ~/a|/b"}), ElementsAre(HasSubstr("each alternative")));
  EXPECT_THAT(warnings_of({"GET ~/(a|b)", R"(GET ~/c[|]\|\Q|\E)"}),
              ElementsAre(HasSubstr("2 patterns match whole paths")));
  EXPECT_THAT(warnings_of({"GET ~/.*", "GET ~.*/x", "GET ~^(.*)/y"}), IsEmpty());
}

}  // namespace
}  // namespace rig::proxy

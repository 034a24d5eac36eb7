#include "logic/path_rewrite.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace rig::proxy {
namespace {

/// What an endpoint makes of a path and a query; "400" if the result is refused.
std::string rewritten(std::string_view regex, std::string_view replacement, std::string_view path,
                      std::string_view query = "") {
  const auto matcher = RouteMatcher::of_regex(regex);
  const auto rewrite = PathRewrite::parse(replacement);
  Captures captures;
  if (!matcher || !rewrite || !matcher->match(path, captures)) return "no match";
  const auto target = rewrite->apply(captures, query);
  return target ? *target : "400";
}

TEST(PathRewrite, FillsGroupsIn) {  // vector 2 of the contract
  EXPECT_EQ(rewritten("/docs/([^/]+)/tables/([^/]+)", R"(/mytables/\1/\2)", "/docs/123/tables/456"),
            "/mytables/123/456");
  EXPECT_EQ(rewritten("/a/(.)(.)", R"(/\2\1/\0)", "/a/xy"), "/yx//a/xy");
  EXPECT_EQ(rewritten("/a/(.)", R"(/\g{1}0)", "/a/x"), "/x0");
}

TEST(PathRewrite, TakesAllDigitsForTheGroup) {
  EXPECT_EQ(rewritten("/(a)", R"(/x\10)", "/a"), "/x");
  EXPECT_EQ(rewritten("/(a)", R"(/x\01)", "/a"), "/xa");
  EXPECT_EQ(rewritten("/(a)", R"(/x\99999999999999999999999y)", "/a"), "/xy");
}

TEST(PathRewrite, GroupThatTookNoPartIsEmpty) {
  EXPECT_EQ(rewritten("/a(/b)?(/c)?", R"(/x\1\2\7)", "/a/c"), "/x/c");
}

TEST(PathRewrite, OfATemplateFillsNamesInByTheirOrder) {
  const auto matcher = RouteMatcher::of_path("/books/{id}/pages/{page}");
  Captures captures;
  ASSERT_TRUE(matcher->match("/books/7/pages/9", captures));
  EXPECT_EQ(*PathRewrite::parse(R"(/v1/\2/\1)")->apply(captures, ""), "/v1/9/7");
}

TEST(PathRewrite, EncodesWhatAPathCannotHave) {
  EXPECT_EQ(rewritten("/a", R"(/x\\y z|%41%zz#\d)", "/a"), "/x%5Cy%20z%7CA%25zz%23%5Cd");
}

TEST(PathRewrite, IsMadeAbsolute) {
  EXPECT_EQ(rewritten("/a/(.*)", R"(\1)", "/a/b"), "/b");
  EXPECT_EQ(rewritten("/a/(.*)", "v1", "/a/b"), "/v1");
  EXPECT_EQ(rewritten("/a/(.*)", R"(\1)", "/a/"), "/");
}

TEST(PathRewrite, NeverLeadsToAnotherHost) {
  EXPECT_EQ(rewritten("/a", "http://other/x", "/a"), "/http://other/x");
  EXPECT_EQ(rewritten("/a", "//other/x", "/a"), "/other/x");
  EXPECT_EQ(rewritten("/a(.*)", R"(/\1)", "/a//other/x"), "/other/x");
  EXPECT_EQ(rewritten("/a/(.*)", R"(\1)", "/a//other/x"), "/other/x");
  EXPECT_EQ(rewritten("/a", "/..//other", "/a"), "400");
}

TEST(PathRewrite, DotSegmentsThatComeTogetherAreResolved) {
  EXPECT_EQ(rewritten("/a/([^/]+)/(.*)", R"(/x/.\1/\2)", "/a/.b/c"), "/x/..b/c");
  EXPECT_EQ(rewritten("/a(.)b/(.*)", R"(/x/y/\1./\2)", "/a.b/admin"), "/x/admin");
  EXPECT_EQ(rewritten("/a(.)b/(.*)", R"(/\1./\2)", "/a.b/admin"), "400");
}

TEST(PathRewrite, QueryOfTheReplacementIsTheBase) {
  EXPECT_EQ(rewritten("/b/(.*)", R"(/find?id=\1&v=1)", "/b/7"), "/find?id=7&v=1");
  EXPECT_EQ(rewritten("/b/(.*)", R"(/find?id=\1&v=1)", "/b/7", "q=%20x&a[]=1"),
            "/find?id=7&v=1&q=%20x&a[]=1");
  EXPECT_EQ(rewritten("/b/(.*)", R"(/find?id=\1&v=1)", "/b/7", "%76=2"), "/find?id=7&%76=2");
  EXPECT_EQ(rewritten("/b", "/c", "/b", "x=1&x=2"), "/c?x=1&x=2");
}

TEST(PathRewrite, RefusesWhatItCannotRead) {
  EXPECT_FALSE(PathRewrite::parse("/\\g{x}"));
  EXPECT_FALSE(PathRewrite::parse("/\\g{1"));
  EXPECT_FALSE(PathRewrite::parse("/\\g{"));
  EXPECT_FALSE(PathRewrite::parse("/a\r\nb"));
  EXPECT_TRUE(PathRewrite::parse("/\\"));
}

TEST(PathRewrite, TellsTheHighestGroup) {
  EXPECT_EQ(PathRewrite::parse(R"(/\1/\3?a=\2)")->groups(), 3U);
  EXPECT_EQ(PathRewrite::parse("/a")->groups(), 0U);
}

}  // namespace
}  // namespace rig::proxy

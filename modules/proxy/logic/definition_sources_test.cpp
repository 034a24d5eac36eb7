#include "logic/definition_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kShop = R"({"id":"shop","name":"Shop",
    "proxy":{"target_url":"localhost","port":80},
    "version_data":{"default":{"endpoints":[{"id":"list","method":"GET","path_regex":"^/books"}]}}})";

SourceContent read(const std::string& text) { return read_sources({{.text = text}}, {}); }

TEST(DefinitionSources, ListIsRead) {
  const auto content = read("[" + std::string(kShop) + "]");
  EXPECT_THAT(content.problems, IsEmpty());
  EXPECT_THAT(content.definitions, SizeIs(1));
  EXPECT_THAT(read("[]").problems, IsEmpty());
}

TEST(DefinitionSources, EachProblemNamesItsPlace) {
  const auto content = read_sources(
      {{.name = "a.json", .text = R"([{"id":"shop","name":"S","version_data":{"default":{
          "endpoints":[{"id":"list","method":"GET"},{}]}}},7])"},
       {.name = "b.json", .text = "[1,"},
       {.name = "c.yaml", .format = DefinitionSource::Format::kYaml, .text = "a: 1"}},
      {});
  EXPECT_THAT(
      content.problems,
      ElementsAre(
          R"((file "a.json") API "shop": proxy must be present)",
          R"((file "a.json") API "shop", endpoint "list": path_regex must be string)",
          R"((file "a.json") API "shop", endpoint "list": path_regex must have a length of at least 1)",
          R"((file "a.json") API "shop", endpoint without id: id must be string)",
          R"((file "a.json") API "shop", endpoint without id: id must have a length of at least 1)",
          R"((file "a.json") API "shop", endpoint without id: path_regex must be string)",
          R"((file "a.json") API "shop", endpoint without id: path_regex must have a length of at least 1)",
          R"((file "a.json") API "shop", endpoint without id: method must be string)",
          R"((file "a.json") API "shop", endpoint without id: method must have a length of at least 1)",
          R"((file "a.json") API number 2: api must be object)",
          R"((file "b.json") is no JSON: incomplete JSON at byte 4)",
          R"((file "c.yaml") must be a list of API definitions, but is an object)"));
  EXPECT_THAT(content.definitions, IsEmpty());
}

TEST(DefinitionSources, JsonThatGoesOnIsNone) {
  EXPECT_THAT(read("[] x").problems, ElementsAre(HasSubstr("is no JSON")));
  EXPECT_THAT(read("").problems, ElementsAre(HasSubstr("is no JSON")));
  EXPECT_THAT(read(std::string(1000, '[')).problems, ElementsAre(HasSubstr("is no JSON")));
}

TEST(DefinitionSources, AnIdIsThereOnce) {
  const auto shop = "[" + std::string(kShop) + "]";
  const auto content = read_sources({{.name = "a", .text = shop}, {.name = "b", .text = shop}}, {});
  EXPECT_THAT(content.problems,
              ElementsAre(R"((file "b") API "shop": id must not be that of another API)"));
}

TEST(DefinitionSources, OneDefinitionIsEnoughWhereItMayBe) {
  EXPECT_THAT(read(kShop).problems, ElementsAre(HasSubstr("must be a list")));
  const auto content = read_sources({{.name = "a", .may_be_one = true, .text = kShop}}, {});
  EXPECT_THAT(content.problems, IsEmpty());
  EXPECT_THAT(content.definitions, SizeIs(1));
}

TEST(DefinitionSources, YamlSaysTheSame) {
  const auto content =
      read_sources({{.name = "a.yaml", .format = DefinitionSource::Format::kYaml, .text = R"(
- id: shop
  name: Shop
  proxy: {target_url: localhost, port: 80}
  version_data:
    default:
      endpoints:
        - {id: list, method: GET, path_regex: ^/books}
)"}},
                   {});
  EXPECT_THAT(content.problems, IsEmpty());
  EXPECT_EQ(content.definitions, read("[" + std::string(kShop) + "]").definitions);
}

}  // namespace
}  // namespace rig::proxy

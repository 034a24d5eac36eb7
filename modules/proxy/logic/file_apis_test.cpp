#include "logic/file_apis.hpp"

#include "logic/testing/definitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rig::proxy {
namespace {

using testing::definition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FileApisTest : public ::testing::Test {
 protected:
  FileApis::Outcome load(const std::vector<boost::json::value>& values) {
    std::vector<boost::json::object> definitions;
    for (const auto& value : values) definitions.push_back(value.get_object());
    return files_.load(definitions, table_, [this] { return stamp(); });
  }
  ApiTable::Stamp stamp() {
    ++changes_;
    return {ApiEntry::Time(std::chrono::seconds(changes_)), std::to_string(changes_)};
  }
  bool has(const std::string& id) { return table_.get(id).has_value(); }

  int changes_ = 0;
  ApiTable table_{DefinitionRules{}, "node", 3};
  FileApis files_;
};

TEST_F(FileApisTest, OnlyWhatChangesInTheFileChangesTheTable) {
  EXPECT_THAT(load({definition("a"), definition("b")}).changed, ElementsAre("a", "b"));
  EXPECT_THAT(load({definition("b"), definition("a")}).changed, IsEmpty());
  EXPECT_THAT(load({definition("a", R"(,"x":1)"), definition("b")}).changed, ElementsAre("a"));
  EXPECT_EQ(table_.find("a")->ref_number, 1U);
  EXPECT_EQ(table_.find("b")->ref_number, 0U);
}

TEST_F(FileApisTest, WhatDisappearsIsRemoved) {
  load({definition("a"), definition("b")});
  EXPECT_THAT(load({definition("b")}).changed, ElementsAre("a"));
  EXPECT_FALSE(has("a"));
  EXPECT_THAT(load({definition("b")}).changed, IsEmpty());
  EXPECT_THAT(load({definition("a"), definition("b")}).changed, ElementsAre("a"));
  EXPECT_TRUE(has("a"));
}

TEST_F(FileApisTest, WhatOthersChangedIsTheirs) {
  load({definition("a"), definition("b"), definition("c")});
  table_.make(table_.replace("a", definition("a", R"(,"x":1)"), stamp()));
  table_.make(table_.remove("b", stamp()));
  EXPECT_THAT(load({definition("a"), definition("b")}).changed, ElementsAre("c"));
  EXPECT_FALSE(has("b")) << "the file has it as before, so it stays deleted";
  EXPECT_THAT(load({}).changed, IsEmpty());
  EXPECT_TRUE(has("a"));
}

TEST_F(FileApisTest, ChangeOfTheFileIsTheLastWord) {
  load({definition("a")});
  table_.make(table_.replace("a", definition("a", R"(,"x":1)"), stamp()));
  EXPECT_THAT(load({definition("a", R"(,"y":1)")}).changed, ElementsAre("a"));
  EXPECT_EQ(table_.get("a")->find("\"x\""), std::string::npos) << "as a whole";
}

TEST_F(FileApisTest, FullTableRefusesAndIsAskedAgain) {
  const auto outcome = load({definition("a"), definition("b"), definition("c"), definition("d")});
  EXPECT_THAT(outcome.refused, ElementsAre("d"));
  EXPECT_THAT(load({definition("a"), definition("b"), definition("c"), definition("d")}).refused,
              ElementsAre("d"));
}

}  // namespace
}  // namespace rig::proxy

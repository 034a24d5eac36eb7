#include "logic/api_table.hpp"

#include "logic/definition_text.hpp"
#include "logic/testing/definitions.hpp"

#include <boost/json/serialize.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace rig::proxy {
namespace {

using testing::definition;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::IsEmpty;
using testing::json_of;
using Outcome = ApiChange::Outcome;

class ApiTableTest : public ::testing::Test {
 protected:
  /// A later time and another name, each time.
  ApiTable::Stamp stamp() {
    ++changes_;
    return {ApiEntry::Time(std::chrono::seconds(changes_)), "change" + std::to_string(changes_)};
  }
  Outcome made(ApiTable::Plan plan) { return table_.make(std::move(plan)).outcome; }
  Outcome create(const boost::json::value& value) { return made(table_.create(value, stamp())); }
  Outcome replace(const std::string& id, const boost::json::value& value) {
    return made(table_.replace(id, value, stamp()));
  }
  Outcome remove(const std::string& id) { return made(table_.remove(id, stamp())); }
  boost::json::value get(const std::string& id) {
    const auto text = table_.get(id);
    return text ? json_of(*text) : boost::json::value();
  }
  std::vector<std::string> served() {
    std::vector<std::string> ids;
    for (const auto& api : table_.served()) ids.push_back(api->id);
    return ids;
  }

  int changes_ = 0;
  ApiTable table_{DefinitionRules{}, "node-a", 5};
};

// Vector 15 of the contract.
TEST_F(ApiTableTest, LifeOfAnApi) {
  EXPECT_EQ(create(definition("a")), Outcome::kDone);
  EXPECT_EQ(get("a").at("ref_number"), 0);
  EXPECT_EQ(create(definition("a")), Outcome::kExists);
  EXPECT_EQ(remove("a"), Outcome::kDone);
  EXPECT_TRUE(get("a").is_null());
  EXPECT_EQ(remove("a"), Outcome::kUnknown);
  EXPECT_EQ(replace("a", definition("a")), Outcome::kUnknown);
  EXPECT_EQ(create(definition("a")), Outcome::kDone);
  EXPECT_EQ(get("a").at("ref_number"), 2);
}

TEST_F(ApiTableTest, WhatIsReadHasItsBookkeeping) {
  create(definition("a", R"(,"ref_number":77,"node_name":"evil","x":1)"));
  const auto api = get("a");
  EXPECT_EQ(api.at("ref_number"), 0);
  EXPECT_EQ(api.at("node_name"), "node-a");
  EXPECT_EQ(api.at("timestamp"), "1970-01-01T00:00:01.000000Z");
  EXPECT_EQ(api.at("phx_ref"), "change1");
  EXPECT_EQ(api.at("x"), 1);
  EXPECT_EQ(api.at("auth_type"), "none");
}

TEST_F(ApiTableTest, ListHasActiveOnesByTheirIds) {
  for (const auto* id : {"b", "a", "B"}) create(definition(id));
  create(definition("v", R"(,"versioned":true)"));
  EXPECT_EQ(create(definition("off", R"(,"active":false)")), Outcome::kDone);
  std::vector<std::string> ids;
  const auto list = json_of(table_.list());
  for (const auto& api : list.get_array()) ids.emplace_back(api.at("id").get_string());
  EXPECT_THAT(ids, ElementsAre("B", "a", "b", "v"));
  EXPECT_THAT(served(), ElementsAre("B", "a", "b")) << "versioned ones are only listed";
  EXPECT_EQ(table_.active(), 4U);
  EXPECT_EQ(replace("off", definition("off")), Outcome::kUnknown);
  EXPECT_EQ(create(definition("off")), Outcome::kDone);
}

TEST_F(ApiTableTest, ReplacingMergesMembers) {
  create(definition("a", R"(,"x":1,"y":{"p":1},"auth_type":"jwt")"));
  EXPECT_EQ(replace("a", definition("other", R"(,"y":{"q":2},"phx_ref":"evil")")), Outcome::kDone);
  const auto api = get("a");
  EXPECT_EQ(api.at("id"), "a");
  EXPECT_EQ(api.at("x"), 1);
  EXPECT_EQ(api.at("y"), json_of(R"({"q":2})"));
  EXPECT_EQ(api.at("auth_type"), "jwt");
  EXPECT_EQ(api.at("ref_number"), 1);
  EXPECT_EQ(api.at("phx_ref"), "change2");
  EXPECT_TRUE(get("other").is_null());
}

TEST_F(ApiTableTest, BodyOfAReplacementMustBeValidByItself) {
  create(definition("a", R"(,"auth_type":"jwt")"));
  const auto secured = definition("a", "", endpoint("e", R"(,"secured":true)"));
  const auto change = table_.make(table_.replace("a", secured, stamp()));
  EXPECT_EQ(change.outcome, Outcome::kInvalid);
  EXPECT_THAT(change.errors,
              ElementsAre(DefinitionError{"a/e", "auth_type", R"(must be one of ["jwt"])"}));
  EXPECT_EQ(replace("a", json_of(R"({"name":"N"})")), Outcome::kInvalid);
  EXPECT_EQ(replace("a", json_of("[]")), Outcome::kInvalid);
  EXPECT_EQ(get("a").at("ref_number"), 0);
}

// In version 3 the defaults that were filled in before stayed, and no token was ever found.
TEST_F(ApiTableTest, DefaultsFollowAReplacement) {
  create(definition("a"));
  EXPECT_EQ(
      replace("a", definition("a", R"(,"auth_type":"jwt")", endpoint("e", R"(,"secured":true)"))),
      Outcome::kDone);
  EXPECT_EQ(get("a").at("auth").at("use_header"), true);
  EXPECT_EQ(get("a").at("auth").at("header_name"), "Authorization");
}

TEST_F(ApiTableTest, TokenPlacesMayStayWhenTokensGo) {
  create(definition("a", R"(,"auth_type":"jwt","auth":{"use_header":true,"header_name":"h"})"));
  EXPECT_EQ(replace("a", definition("a", R"(,"auth_type":"none")")), Outcome::kDone);
  EXPECT_EQ(get("a").at("auth").at("header_name"), "h");
}

TEST_F(ApiTableTest, ReplacementCanDeactivate) {
  create(definition("a"));
  EXPECT_EQ(replace("a", definition("a", R"(,"active":false)")), Outcome::kDone);
  EXPECT_TRUE(get("a").is_null());
  EXPECT_THAT(served(), IsEmpty());
}

TEST_F(ApiTableTest, RoomIsBoundedByIds) {
  for (const auto* id : {"1", "2", "3", "4", "5"})
    EXPECT_EQ(create(definition(id)), Outcome::kDone);
  EXPECT_EQ(create(definition("6")), Outcome::kFull);
  remove("5");
  EXPECT_EQ(create(definition("6")), Outcome::kFull) << "deleted ones are remembered";
  EXPECT_EQ(create(definition("5")), Outcome::kDone);
  ApiEntry other;
  other.id = "7";
  EXPECT_EQ(table_.merge(other), ApiTable::Merged::kFull);
}

TEST_F(ApiTableTest, ChangeComesAfterAllThatIsKnown) {
  create(definition("a"));
  auto other = *table_.find("a");
  other.ref_number = 7;
  other.node = "node-b";
  EXPECT_EQ(table_.merge(other), ApiTable::Merged::kChanged);
  EXPECT_EQ(get("a").at("ref_number"), 7) << "adopted as it is";
  replace("a", definition("a"));
  EXPECT_EQ(get("a").at("ref_number"), 8);

  other.ref_number = std::numeric_limits<std::uint64_t>::max();
  other.timestamp = ApiEntry::Time(std::chrono::hours(1'000'000));
  table_.merge(other);
  EXPECT_EQ(remove("a"), Outcome::kDone);
  EXPECT_EQ(table_.merge(other), ApiTable::Merged::kUnchanged) << "the clock was behind";
  EXPECT_TRUE(get("a").is_null());
}

TEST_F(ApiTableTest, InvalidApiOfAnotherNodeIsHandedOnAndNotServed) {
  for (const auto* text : {"{", "[]", "{}", R"({"id":"b"})"}) {
    ApiTable table(DefinitionRules{}, "node-a", 5);
    ApiEntry entry;
    entry.id = "a";
    entry.definition = text;
    EXPECT_EQ(table.merge(entry), ApiTable::Merged::kUnreadable) << text;
    EXPECT_THAT(table.entries(), ElementsAre(entry));
    EXPECT_EQ(table.list(), "[]");
    EXPECT_EQ(table.make(table.create(definition("a"), stamp())).outcome, Outcome::kDone);
    EXPECT_EQ(table.find("a")->ref_number, 1U);
  }
}

// Nobody gets in there, which is better than if the API were not there.
TEST(ApiTable, SecuredApiOfAnotherNodeIsServedWithoutKeys) {
  DefinitionRules rules;
  rules.has_keys = false;
  ApiTable table(rules, "node-a", 5);
  ApiEntry entry;
  entry.id = "a";
  entry.definition = boost::json::serialize(
      definition("a", R"(,"auth_type":"jwt")", endpoint("e", R"(,"secured":true)")));
  EXPECT_EQ(table.merge(entry), ApiTable::Merged::kChanged);
  EXPECT_TRUE(table.served().front()->endpoints.front().secured);
}

TEST(ApiEntryTime, IsRfc3339) {
  using namespace std::chrono_literals;
  const auto time = std::chrono::sys_days(std::chrono::year(2022) / 8 / 12) + 20h + 5min + 44s;
  EXPECT_EQ(to_text(time + 474312us), "2022-08-12T20:05:44.474312Z");
  EXPECT_EQ(to_text(time), "2022-08-12T20:05:44.000000Z");
}

}  // namespace
}  // namespace rig::proxy

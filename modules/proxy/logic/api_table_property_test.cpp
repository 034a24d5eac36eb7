#include "logic/api_table.hpp"

#include "logic/testing/definitions.hpp"

#include <boost/json/serialize.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

// What makes the tables of all nodes come to the same: the order in which they hear of changes, and
// how often, does not matter.

namespace rig::proxy {
namespace {

using Entries = std::vector<ApiEntry>;
using Random = std::mt19937;

/// Few ids, numbers, times and nodes, so that they meet often.
ApiEntry random_entry(Random& random) {
  ApiEntry entry;
  entry.id = std::string(1, static_cast<char>('a' + random() % 2));
  entry.ref_number = random() % 3;
  entry.timestamp = ApiEntry::Time(std::chrono::seconds(random() % 3));
  entry.node = std::string(1, static_cast<char>('m' + random() % 2));
  entry.change = std::string(1, static_cast<char>('x' + random() % 2));
  entry.active = random() % 3 != 0;
  if (entry.active) {
    const auto more = R"(,"x":)" + std::to_string(random() % 2);
    entry.definition =
        random() % 8 == 0 ? "{}" : boost::json::serialize(testing::definition(entry.id, more));
  }
  return entry;
}

Entries random_entries(Random& random) {
  Entries entries(random() % 10);
  for (auto& entry : entries) entry = random_entry(random);
  return entries;
}

ApiTable table_of(const Entries& entries, std::string node = "n") {
  ApiTable table(DefinitionRules{}, std::move(node), 100);
  for (const auto& entry : entries) table.merge(entry);
  return table;
}

/// What holds, and what is read and served.
void expect_same(const ApiTable& one, const ApiTable& other) {
  ASSERT_EQ(one.entries(), other.entries());
  ASSERT_EQ(one.list(), other.list());
  ASSERT_EQ(one.active(), other.active());
}

TEST(ApiTableProperties, OrderAndRepetitionDoNotMatter) {
  Random random(5);
  for (int round = 0; round < 2'000; ++round) {
    auto entries = random_entries(random);
    const auto one = table_of(entries);
    for (std::size_t i = entries.size(); i > 0; --i)
      if (random() % 2 == 0) entries.push_back(entries[random() % i]);
    std::ranges::shuffle(entries, random);
    expect_same(one, table_of(entries));
  }
}

TEST(ApiTableProperties, ExchangeOfWholeStatesBringsNodesTogether) {
  Random random(6);
  for (int round = 0; round < 2'000; ++round) {
    auto one = table_of(random_entries(random));
    auto other = table_of(random_entries(random));
    const auto of_one = one.entries();
    for (const auto& entry : other.entries()) one.merge(entry);
    for (const auto& entry : of_one) other.merge(entry);
    expect_same(one, other);
    for (const auto& entry : other.entries())
      ASSERT_EQ(one.merge(entry), ApiTable::Merged::kUnchanged);
  }
}

/// Nodes change what they know, and hear of some changes of others, late or never; a last exchange
/// brings them together, and no change is lost that nobody made after it.
TEST(ApiTableProperties, ChangesOnSeveralNodesConverge) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<ApiTable> nodes;
    for (const auto* name : {"p", "q", "r"}) nodes.push_back(table_of({}, name));
    for (int step = 0; step < 20; ++step) {
      auto& node = nodes[random() % nodes.size()];
      const std::string id(1, static_cast<char>('a' + random() % 2));
      // Clocks that go as they like.
      const ApiTable::Stamp stamp{ApiEntry::Time(std::chrono::seconds(random() % 5)),
                                  std::to_string(round) + '.' + std::to_string(step)};
      const auto body = testing::definition(id, R"(,"step":)" + std::to_string(step));
      const auto kind = random() % 4;
      if (kind == 0) node.make(node.create(body, stamp));
      if (kind == 1) node.make(node.replace(id, body, stamp));
      if (kind == 2) node.make(node.remove(id, stamp));
      if (kind == 3) {
        for (const auto& entry : nodes[random() % nodes.size()].entries()) node.merge(entry);
      }
    }
    for (auto& to : nodes) {
      for (const auto& from : nodes) {
        for (const auto& entry : from.entries()) to.merge(entry);
      }
    }
    for (const auto& node : nodes) expect_same(nodes.back(), node);
    // Whoever changes it now has the last word everywhere.
    auto& last = nodes[random() % nodes.size()];
    last.make(last.put(testing::definition("a", R"(,"last":true)"), {ApiEntry::Time(), "last"}));
    const auto word = *last.find("a");
    for (auto& node : nodes) {
      node.merge(word);
      ASSERT_EQ(*node.find("a"), word);
    }
  }
}

}  // namespace
}  // namespace rig::proxy

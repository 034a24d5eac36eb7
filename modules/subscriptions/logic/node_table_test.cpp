#include "logic/node_table.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace rig::subscriptions {
namespace {

struct Named {
  std::string name;
};

class NodeTableTest : public testing::Test {
 protected:
  Named* find(const std::string& name) { return find_type(table_, hash_of(name), name); }
  void insert(const std::string& name) {
    table_.insert(hash_of(name), std::make_unique<Named>(Named{name}));
  }

  NodeTable<Named> table_;
};

TEST_F(NodeTableTest, FindsWhatWasInserted) {
  for (int i = 0; i < 10'000; ++i) insert(std::to_string(i));
  EXPECT_EQ(table_.size(), 10'000U);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(find(std::to_string(i))->name, std::to_string(i));
  EXPECT_EQ(find("10000"), nullptr);
}

TEST_F(NodeTableTest, FindsTheRestWhileItShrinks) {
  for (int i = 0; i < 10'000; ++i) insert(std::to_string(i));
  for (int i = 0; i < 10'000; ++i) {
    const auto name = std::to_string(i);
    table_.erase(hash_of(name), *find(name));
    ASSERT_EQ(find(name), nullptr);
    if (i < 9'999) {
      ASSERT_NE(find("9999"), nullptr);
    }
  }
  EXPECT_TRUE(table_.empty());
}

/// Hashes that crowd at the end of the table, so that runs of slots wrap around.
TEST(NodeTable, BehavesLikeAMapHoweverHashesCrowd) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): repeatable on purpose
  NodeTable<Named> table;
  std::map<std::string, Named*> model;
  const auto hash = [](const std::string& name) {
    return ~std::uint64_t{0} - static_cast<std::uint64_t>(std::stoi(name)) % 5;
  };
  for (int step = 0; step < 20'000; ++step) {
    const auto name = std::to_string(random() % 60);
    const auto known = model.find(name);
    Named* found = find_type(table, hash(name), name);
    ASSERT_EQ(found, known == model.end() ? nullptr : known->second);
    const bool grows = (step / 300) % 2 == 0;
    if (found == nullptr && grows) {
      model[name] = &table.insert(hash(name), std::make_unique<Named>(Named{name}));
    } else if (found != nullptr && !grows) {
      table.erase(hash(name), *found);
      model.erase(name);
    }
    ASSERT_EQ(table.size(), model.size());
  }
}

TEST_F(NodeTableTest, VisitsEachNodeOnce) {
  std::set<std::string> names;
  table_.for_each([](Named&) { FAIL(); });
  for (int i = 0; i < 100; ++i) insert(std::to_string(i));
  table_.for_each([&](Named& node) { EXPECT_TRUE(names.insert(node.name).second); });
  EXPECT_EQ(names.size(), 100U);
}

TEST_F(NodeTableTest, EqualHashesAreNotTakenForEqualNodes) {
  Named& a = table_.insert(1, std::make_unique<Named>(Named{"a"}));
  Named& b = table_.insert(1, std::make_unique<Named>(Named{"b"}));
  EXPECT_EQ(find_type(table_, 1, "a"), &a);
  EXPECT_EQ(find_type(table_, 1, "b"), &b);
  EXPECT_EQ(find_type(table_, 1, "c"), nullptr);
  table_.erase(1, a);
  EXPECT_EQ(find_type(table_, 1, "a"), nullptr);
  EXPECT_EQ(find_type(table_, 1, "b"), &b);
}

TEST(Hash, DependsOnEveryByteAndTheLength) {
  std::string text(40, 'x');
  const auto of_text = hash_of(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = 'y';
    EXPECT_NE(hash_of(other), of_text) << i;
    EXPECT_NE(hash_of(std::string_view(text).substr(0, i)), of_text) << i;
  }
  EXPECT_EQ(hash_of(std::string(40, 'x')), of_text);
  for (std::size_t size = 0; size < 20; ++size)
    EXPECT_NE(hash_of(std::string(size, '\0')), hash_of(std::string(size + 1, '\0'))) << size;
}

}  // namespace
}  // namespace rig::subscriptions

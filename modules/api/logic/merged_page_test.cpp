#include "logic/merged_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>

namespace rig::api {
namespace {

using sessions::Connection;
using sessions::Page;
using testing::IsEmpty;

Connection one(std::string session, int since = 0, std::string node = "n") {
  Connection connection;
  connection.session = std::move(session);
  connection.since = std::chrono::system_clock::time_point(std::chrono::seconds(since));
  connection.node = std::move(node);
  return connection;
}

std::string text_of(const std::vector<Connection>& connections) {
  std::string text;
  for (const auto& connection : connections) text += connection.session + connection.node + " ";
  return text;
}

TEST(MergedPage, ConnectionsOfASessionStandTogetherOldestFirst) {
  const auto page = merged_page(
      {{{one("a", 2, "1"), one("b", 0, "1")}, {}}, {{one("a", 1, "2"), one("c", 0, "2")}, {}}},
      100);
  EXPECT_EQ(text_of(page.connections), "a2 a1 b1 c2 ");
  EXPECT_EQ(page.next, std::nullopt);
}

TEST(MergedPage, IsOfWholeSessionsAndOneAtLeast) {
  const std::vector<Page> pages{{{one("a"), one("b")}, {}}, {{one("a"), one("a"), one("b")}, {}}};
  for (const unsigned limit : {1U, 3U, 4U}) {
    const auto page = merged_page(pages, limit);
    EXPECT_EQ(page.connections.size(), 3U) << limit;
    EXPECT_EQ(page.next, "a");
  }
  EXPECT_EQ(merged_page(pages, 5).connections.size(), 5U);
  EXPECT_EQ(merged_page(pages, 5).next, std::nullopt);
}

TEST(MergedPage, DoesNotGoBeyondWhatANodeHasTold) {
  const auto page = merged_page(
      {{{one("a", 0, "1"), one("m", 0, "1")}, "m"}, {{one("b", 0, "2"), one("z", 0, "2")}, {}}},
      100);
  EXPECT_EQ(text_of(page.connections), "a1 b2 m1 ");
  EXPECT_EQ(page.next, "m");
}

TEST(MergedPage, WithoutALimitIsEverything) {
  const auto page = merged_page({{{one("b"), one("c")}, {}}, {{one("a")}, {}}}, 0);
  EXPECT_EQ(text_of(page.connections), "an bn cn ");
  EXPECT_EQ(page.next, std::nullopt);
}

TEST(MergedPage, OfNothingIsEmpty) {
  EXPECT_THAT(merged_page({}, 10).connections, IsEmpty());
  EXPECT_EQ(merged_page({{}, {}}, 10).next, std::nullopt);
}

/// A node's answer, as the sessions module gives it.
Page page_of_node(const std::map<std::string, int>& sessions, const std::string& after,
                  std::size_t limit) {
  Page page;
  for (auto it = sessions.upper_bound(after); it != sessions.end(); ++it) {
    const auto size = page.connections.size() + static_cast<std::size_t>(it->second);
    if (!page.connections.empty() && size > limit) {
      page.next = page.connections.back().session;
      break;
    }
    for (int i = 0; i < it->second; ++i) page.connections.push_back(one(it->first));
  }
  return page;
}

// Whoever goes through the pages sees each connection once.
TEST(MergedPage, PagesTogetherAreEverything) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::map<std::string, int>> nodes(1 + random() % 4);
    std::map<std::string, int> all;
    for (auto& node : nodes) {
      for (auto i = random() % 20; i > 0; --i) {
        const std::string session(1, static_cast<char>('a' + random() % 26));
        const int count = 1 + static_cast<int>(random() % 3);
        node[session] += count;
        all[session] += count;
      }
    }
    const std::size_t limit = 1 + random() % 6;
    std::map<std::string, int> seen;
    std::string after;
    for (int pages = 0;; ++pages) {
      ASSERT_LT(pages, 100);
      std::vector<Page> answers;
      for (const auto& node : nodes) answers.push_back(page_of_node(node, after, limit));
      const auto page = merged_page(std::move(answers), limit);
      for (const auto& connection : page.connections) {
        EXPECT_GT(connection.session, after);
        ++seen[connection.session];
      }
      if (!page.next) break;
      EXPECT_GT(*page.next, after);
      after = *page.next;
    }
    EXPECT_EQ(seen, all);
  }
}

}  // namespace
}  // namespace rig::api

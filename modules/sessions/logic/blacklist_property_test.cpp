#include "logic/blacklist.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// What makes copies of the blacklist come to the same: the order in which they hear of changes, and
// how often, does not matter.

namespace rig::sessions {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using Entries = std::vector<BlacklistEntry>;

constexpr int kNow = 10;
constexpr std::size_t kRoom = 1000;

sys_seconds at(std::size_t second) {
  return sys_seconds(seconds(static_cast<std::int64_t>(second)));
}

/// Few names, versions and times, so that they meet often; some are over by `kNow`.
Entries random_entries(std::mt19937& random) {
  Entries entries(random() % 12);
  for (auto& entry : entries) {
    entry.session = std::string(1, static_cast<char>('a' + random() % 3));
    entry.until = at(5 + random() % 20);
    entry.remembered_until = entry.until + seconds(random() % 10);
    entry.version = 1 + random() % 3;
    entry.is_lifted = random() % 3 == 0;
  }
  return entries;
}

Entries sorted(Entries entries) {
  std::ranges::sort(entries, {}, &BlacklistEntry::session);
  return entries;
}

void merge(Blacklist& list, const Entries& entries) {
  for (const auto& entry : entries) list.merge(entry, at(kNow));
}

Entries state_of(const Blacklist& list) { return sorted(list.snapshot(at(kNow))); }

TEST(BlacklistProperties, OrderAndRepetitionDoNotMatter) {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    Entries entries = random_entries(random);
    Blacklist one(kRoom);
    merge(one, entries);
    std::ranges::shuffle(entries, random);
    Blacklist other(kRoom);
    merge(other, entries);
    std::ranges::shuffle(entries, random);
    merge(other, entries);
    ASSERT_EQ(state_of(one), state_of(other)) << round;
    ASSERT_EQ(one.in_force(), other.in_force()) << round;
  }
}

TEST(BlacklistProperties, HowEntriesAreGroupedDoesNotMatter) {
  std::mt19937 random(4);
  for (int round = 0; round < 20'000; ++round) {
    const Entries a = random_entries(random);
    const Entries b = random_entries(random);
    const Entries c = random_entries(random);
    Blacklist left(kRoom);  // (a, b), then c
    merge(left, a);
    merge(left, b);
    merge(left, c);
    Blacklist bc(kRoom);
    merge(bc, b);
    merge(bc, c);
    Blacklist right(kRoom);  // a, then (b, c)
    merge(right, bc.snapshot(at(kNow)));
    merge(right, a);
    ASSERT_EQ(state_of(left), state_of(right)) << round;
  }
}

/// A node in time: changes and what it hears come in any order.
class Nodes {
 public:
  explicit Nodes(std::mt19937& random) : random_(random) {}

  void step(std::size_t now) {
    auto& node = nodes_[random_() % nodes_.size()];
    const std::string session(1, static_cast<char>('a' + random_() % 2));
    switch (random_() % 5) {
      case 0: node.add(session, at(now + 1 + random_() % 40), at(now)); break;
      case 1: node.lift(session, at(now)); break;
      case 2: node.expire(at(now), 1 + random_() % 3); break;
      default: exchange(node, nodes_[random_() % nodes_.size()], now);
    }
  }
  void exchange_all(std::size_t now) {
    for (auto& to : nodes_)
      for (auto& from : nodes_) exchange(to, from, now);
  }
  [[nodiscard]] const std::array<Blacklist, 3>& all() const { return nodes_; }

 private:
  static void exchange(Blacklist& to, const Blacklist& from, std::size_t now) {
    for (const auto& entry : from.snapshot(at(now))) to.merge(entry, at(now));
  }

  std::mt19937& random_;
  std::array<Blacklist, 3> nodes_{Blacklist(kRoom), Blacklist(kRoom), Blacklist(kRoom)};
};

TEST(BlacklistProperties, NodesAgreeOnceTheyHaveHeardOfEachOther) {
  std::mt19937 random(5);
  for (int round = 0; round < 1'000; ++round) {
    Nodes nodes(random);
    std::size_t now = 1;
    for (int step = 0; step < 60; ++step, now += random() % 2) nodes.step(now);
    nodes.exchange_all(now);
    nodes.exchange_all(now);
    const auto expected = sorted(nodes.all()[0].snapshot(at(now)));
    for (const auto& node : nodes.all())
      ASSERT_EQ(sorted(node.snapshot(at(now))), expected) << round;
  }
}

/// Changes on one node, that reach another late and in any order, never leave that other one with
/// something that the first had taken back.
TEST(BlacklistProperties, OldNewsBringNothingBack) {
  std::mt19937 random(6);
  for (int round = 0; round < 5'000; ++round) {
    Blacklist node(kRoom);
    Entries news;
    std::size_t now = 1;
    for (int step = 0; step < 20; ++step, now += random() % 4) {
      if (random() % 3 == 0) {
        if (const auto lifted = node.lift("a", at(now))) news.push_back(*lifted);
      } else if (node.add("a", at(now + 1 + random() % 30), at(now)) ==
                 Blacklist::Outcome::kChanged) {
        news.push_back(*node.find("a"));
      }
      node.expire(at(now), kRoom);
      const bool is_cut_off = node.contains("a", at(now));
      auto late = news;
      std::ranges::shuffle(late, random);
      for (const auto& entry : late) node.merge(entry, at(now));
      ASSERT_EQ(node.contains("a", at(now)), is_cut_off) << round << " " << step;
    }
  }
}

}  // namespace
}  // namespace rig::sessions

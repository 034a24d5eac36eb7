#include <rig/subscriptions/subscriber_state.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace rig::subscriptions {
namespace {

using List = LinkList<const int>;

const int kTargets[100] = {};

std::vector<const int*> targets(const List& list) {
  std::vector<const int*> seen;
  list.for_each_target([&](const int& target) { seen.push_back(&target); });
  return seen;
}

TEST(LinkList, TakesSixteenBytes) { EXPECT_EQ(sizeof(List), 16U); }

TEST(LinkList, KeepsLinksInTheOrderOfTheirArrival) {
  List list;
  std::vector<const int*> expected;
  for (std::uint32_t i = 0; i < 100; ++i) {
    list.push_back({&kTargets[i], i + 7});
    expected.push_back(&kTargets[i]);
    ASSERT_EQ(targets(list), expected);
    ASSERT_EQ(list.back().target, &kTargets[i]);
  }
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(list[i].back, i + 7);
}

TEST(LinkList, LastLinkTakesThePlaceOfARemovedOne) {
  List list;
  for (std::uint32_t i = 0; i < 3; ++i) list.push_back({&kTargets[i], i});
  list.swap_remove(0);
  EXPECT_EQ(targets(list), (std::vector<const int*>{&kTargets[2], &kTargets[1]}));
  list.swap_remove(1);
  EXPECT_EQ(targets(list), (std::vector<const int*>{&kTargets[2]}));
  EXPECT_EQ(list[0].back, 2U);
  list.swap_remove(0);
  EXPECT_TRUE(list.empty());
}

TEST(LinkList, BackCanBeChangedInPlaceAndOnTheHeap) {
  List list;
  list.push_back({&kTargets[0], 1});
  list.set_back(0, 5);
  EXPECT_EQ(list[0].back, 5U);
  list.push_back({&kTargets[1], 2});
  EXPECT_EQ(list[0].back, 5U);
  list.set_back(1, 6);
  EXPECT_EQ(list[1].back, 6U);
}

TEST(LinkList, BehavesLikeAVectorUnderRandomUse) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): repeatable on purpose
  List list;
  std::vector<Link<const int>> model;
  for (int step = 0; step < 8'000; ++step) {
    const bool grows = (step / 500) % 2 == 0;
    if (random() % 4 == 0 ? !grows : grows) {
      const Link<const int> link{&kTargets[random() % 100], static_cast<std::uint32_t>(random())};
      list.push_back(link);
      model.push_back(link);
    } else if (!model.empty()) {
      const auto i = static_cast<std::uint32_t>(random() % model.size());
      list.swap_remove(i);
      model[i] = model.back();
      model.pop_back();
    }
    if (step == 6'000) {
      list.clear();
      model.clear();
    }
    ASSERT_EQ(list.size(), model.size());
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      ASSERT_EQ(list[i].target, model[i].target);
      ASSERT_EQ(list[i].back, model[i].back);
    }
  }
}

}  // namespace
}  // namespace rig::subscriptions

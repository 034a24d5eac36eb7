#include "logic/subjects.hpp"

#include <gtest/gtest.h>

namespace rig::cluster {
namespace {

const Subjects kSubjects("rig", "n1");

TEST(Subjects, ATypeIsOneTokenWhateverIsInIt) {
  EXPECT_EQ(kSubjects.event("greeting"), "rig.1.event.greeting");
  EXPECT_EQ(kSubjects.event("com.shop.order"), "rig.1.event.com=2Eshop=2Eorder");
  EXPECT_EQ(kSubjects.event("*"), "rig.1.event.=2A");
  EXPECT_EQ(kSubjects.event(">"), "rig.1.event.=3E");
  EXPECT_EQ(kSubjects.event("a b=c"), "rig.1.event.a=20b=3Dc");
  EXPECT_EQ(kSubjects.event("\xC3\xA9"), "rig.1.event.=C3=A9");
}

TEST(Subjects, NoTwoTypesShareASubject) {
  EXPECT_NE(kSubjects.event("a.b"), kSubjects.event("a=2Eb"));
}

TEST(Subjects, OnlyASubjectOfANodeMayBeAnswered) {
  EXPECT_TRUE(kSubjects.is_of_a_node(kSubjects.own()));
  EXPECT_TRUE(kSubjects.is_of_a_node("rig.1.node.n2"));
  for (const auto* other :
       {"rig.1.node.", "rig.1.node.*", "rig.1.node.a.b", "rig.1.state", "other.1.node.n1", ""})
    EXPECT_FALSE(kSubjects.is_of_a_node(other)) << other;
}

TEST(Subjects, EventsAreToldFromTheRest) {
  EXPECT_TRUE(kSubjects.is_event(kSubjects.event("state")));
  EXPECT_FALSE(kSubjects.is_event("rig.1.state"));
  EXPECT_FALSE(kSubjects.is_event(kSubjects.own()));
}

TEST(Subjects, AKeyOfABucketIsATokenThatServersTake) {
  EXPECT_EQ(key_of("a.b"), "a=2Eb");
  EXPECT_EQ(kSubjects.bucket("apis"), "rig-1-apis");
  const auto longest = std::string(1'024, '.');
  EXPECT_EQ(key_of(longest).size(), 3U * 1'024);
  const auto hashed = key_of(longest + ".");
  EXPECT_EQ(hashed.size(), 2U + 64);
  EXPECT_TRUE(hashed.starts_with("=="));
  EXPECT_NE(hashed, key_of(longest + ":"));
}

TEST(Subjects, PlacesAreOfOneNode) {
  EXPECT_EQ(kSubjects.places() + "7", "rig.1.place.n1.7");
  EXPECT_TRUE(kSubjects.is_place("rig.1.place.n1.7"));
  EXPECT_FALSE(kSubjects.is_place("rig.1.place.n12.7"));
  EXPECT_FALSE(kSubjects.is_place(kSubjects.fence()));
  EXPECT_FALSE(kSubjects.is_event(kSubjects.fence()));
}

TEST(Subjects, NamesOfClustersAreTokens) {
  EXPECT_TRUE(is_cluster_name("shop-1_b"));
  for (const auto* bad : {"", "a.b", "*", "a b", "\xC3\xA9"}) EXPECT_FALSE(is_cluster_name(bad));
  EXPECT_FALSE(is_cluster_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace rig::cluster

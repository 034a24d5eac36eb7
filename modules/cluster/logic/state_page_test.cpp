#include "logic/state_page.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rig::cluster {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

sessions::BlacklistEntry blacklisted(std::string session) {
  return {.session = std::move(session),
          .until = std::chrono::sys_seconds(seconds(1'900'000'000)),
          .remembered_until = std::chrono::sys_seconds(seconds(1'900'000'001)),
          .version = 3,
          .is_lifted = true};
}

proxy::ApiEntry api(std::string id) {
  return {.id = std::move(id),
          .ref_number = 7,
          .timestamp = proxy::ApiEntry::Time(microseconds(1'700'000'000'123'456)),
          .node = "host-a",
          .change = "F1x",
          .active = false,
          .definition = R"({"a":"\"é"})"};
}

TEST(StatePage, IsReadAsItWasWritten) {
  const StatePage page{.node = "n1",
                       .blacklist = {blacklisted("é\"1"), blacklisted("2")},
                       .apis = {api("shop")},
                       .is_last = true};
  const auto read = parse_page(to_text(page));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->node, "n1");
  EXPECT_EQ(read->blacklist, page.blacklist);
  EXPECT_EQ(read->apis, page.apis);
  EXPECT_TRUE(read->is_last);
}

TEST(StatePage, WhatLaterVersionsAddIsPassedOver) {
  const auto read = parse_page(R"({"node":"n","presence":[1],"last":false})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->blacklist.empty());
}

TEST(StatePage, WhatIsNoPageIsRefusedWithoutRepeatingIt) {
  for (const auto* bad :
       {"", "{", "[]", "{}", R"({"node":1})", R"({"node":"n","blacklist":{}})",
        R"({"node":"n","blacklist":[{"session":"secret"}]})",
        R"({"node":"n","blacklist":[{"session":"secret","until":1e300,"rememberedUntil":1,)"
        R"("version":1,"lifted":false}]})",
        R"({"node":"n","apis":["secret"]})", R"({"node":"n","last":"yes"})"}) {
    const auto read = parse_page(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().find("secret"), std::string::npos);
  }
}

TEST(StatePage, EverythingGoesIntoPagesOfBoundedSize) {
  StatePage everything{.node = "n1", .blacklist = {}, .apis = {api("a"), api("b")}};
  for (int i = 0; i < 10; ++i) everything.blacklist.push_back(blacklisted(std::to_string(i)));
  const auto pages = pages_of(everything, 1'000);
  ASSERT_GT(pages.size(), 2U);
  std::vector<sessions::BlacklistEntry> blacklist;
  std::vector<proxy::ApiEntry> apis;
  for (const auto& page : pages) {
    EXPECT_EQ(page.node, "n1");
    EXPECT_LE(to_text(page).size(), 2'000U);
    EXPECT_EQ(page.is_last, &page == &pages.back());
    blacklist.insert(blacklist.end(), page.blacklist.begin(), page.blacklist.end());
    apis.insert(apis.end(), page.apis.begin(), page.apis.end());
  }
  EXPECT_EQ(blacklist, everything.blacklist);
  EXPECT_EQ(apis, everything.apis);
}

TEST(StatePage, NothingIsOnePageToo) {
  const auto pages = pages_of({.node = "n1", .blacklist = {}, .apis = {}}, 1'000);
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_TRUE(pages[0].is_last);
}

TEST(StatePage, AnEntryLargerThanAPageHasOneOfItsOwn) {
  auto large = api("large");
  large.definition.assign(5'000, 'x');
  const auto pages =
      pages_of({.node = "n1", .blacklist = {blacklisted("1")}, .apis = {large, api("b")}}, 1'000);
  ASSERT_EQ(pages.size(), 3U);
  EXPECT_EQ(pages[1].apis.size(), 1U);
}

}  // namespace
}  // namespace rig::cluster

#include "logic/state_record.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rig::cluster {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(StateRecord, ASessionIsReadAsItWasWritten) {
  const sessions::BlacklistEntry entry{.session = "é\"1",
                                       .until = sys_seconds(seconds(1'900'000'000)),
                                       .remembered_until = sys_seconds(seconds(1'900'000'001)),
                                       .version = 3,
                                       .is_lifted = true};
  const auto read = parse_blacklist_entry(to_text(entry));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, entry);
}

TEST(StateRecord, AnApiIsReadAsItWasWritten) {
  const proxy::ApiEntry entry{
      .id = "shop",
      .ref_number = 7,
      .timestamp = proxy::ApiEntry::Time(microseconds(1'700'000'000'123'456)),
      .node = "host-a",
      .change = "F1x",
      .active = false,
      .definition = R"({"a":"\"é"})"};
  const auto read = parse_api_entry(to_text(entry));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, entry);
}

TEST(StateRecord, WhatLaterVersionsAddIsPassedOver) {
  const auto read = parse_blacklist_entry(
      R"({"session":"a","until":1,"rememberedUntil":2,"version":3,"lifted":false,"reason":[1]})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->session, "a");
}

TEST(StateRecord, WhatIsNoRecordIsRefusedWithoutRepeatingIt) {
  for (const auto* bad :
       {"", "{", "[]", "{}", "\"secret\"", R"({"session":"secret"})",
        R"({"session":"secret","until":1e300,"rememberedUntil":1,"version":1,"lifted":false})",
        R"({"session":"secret","until":1,"rememberedUntil":1,"version":-1,"lifted":false})",
        R"({"id":"secret","refNumber":"1"})"}) {
    const auto session = parse_blacklist_entry(bad);
    ASSERT_FALSE(session) << bad;
    EXPECT_EQ(session.error().find("secret"), std::string::npos);
    const auto api = parse_api_entry(bad);
    ASSERT_FALSE(api) << bad;
    EXPECT_EQ(api.error().find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace rig::cluster

#include "logic/published_headers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <utility>

namespace rig::proxy {
namespace {

using testing::ElementsAre;

Headers headers(std::initializer_list<std::pair<const char*, const char*>> lines) {
  Headers made;
  for (const auto& [name, value] : lines) made.add(name, value);
  return made;
}

TEST(PublishedHeaders, AreInLowerCaseAndSorted) {
  EXPECT_THAT(
      published_headers(headers({{"Host", "h"}, {"ACCEPT", "*/*"}, {"x-b", ""}}), {}, {}, {}),
      ElementsAre(Header{"accept", "*/*"}, Header{"host", "h"}, Header{"x-b", ""}));
}

TEST(PublishedHeaders, OfOneNameAreOneList) {
  EXPECT_THAT(
      published_headers(headers({{"A", "1"}, {"cookie", "a=b"}, {"a", "2"}, {"Cookie", "c=d"}}), {},
                        {}, {}),
      ElementsAre(Header{"a", "1, 2"}, Header{"cookie", "a=b; c=d"}));
}

TEST(PublishedHeaders, AreEditedFirst) {
  const std::array set{Header{"X-Gateway", "rig"}};
  const std::array add{Header{"b", "2"}};
  const std::array remove{std::string("Gone")};
  EXPECT_THAT(published_headers(headers({{"x-gateway", "forged"}, {"B", "1"}, {"gone", "x"}}),
                                {.remove = remove, .set = set, .add = add}, {}, {}),
              ElementsAre(Header{"b", "1, 2"}, Header{"x-gateway", "rig"}));
}

TEST(PublishedHeaders, HaveClaimsThatNoClientMadeUp) {
  const std::array<ClaimHeader, 2> claims{{{"X-User", "joe", true}, {"x-role", "", false}}};
  EXPECT_THAT(published_headers(headers({{"x_user", "root"}, {"x-user", "root"}, {"X_ROLE", "x"}}),
                                {}, claims, {}),
              ElementsAre(Header{"x-user", "joe"}));
}

TEST(PublishedHeaders, DoNotTellWhatIsRedacted) {
  const std::array<std::string_view, 2> redacted{"authorization", "cookie"};
  EXPECT_THAT(published_headers(headers({{"AUTHORIZATION", "Bearer a"}, {"accept", "*/*"}}), {}, {},
                                redacted),
              ElementsAre(Header{"accept", "*/*"}, Header{"authorization", "[redacted]"}));
}

}  // namespace
}  // namespace rig::proxy

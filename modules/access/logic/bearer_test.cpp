#include "logic/bearer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Bearer, OfAQueryAndOfHeaders) {
  EXPECT_THAT(bearer_tokens({{"Bearer a.b.c", "bearer  d.e.f ,BEARER\tg.h.i"}, "x.y.z"}),
              ElementsAre("x.y.z", "a.b.c", "d.e.f", "g.h.i"));
}

TEST(Bearer, TheSchemeMayBeMissingFromWhatLooksLikeAToken) {
  EXPECT_THAT(bearer_tokens({{"eyJ.abc-_.9", "a.b.c, d.e.f"}, {}}),
              ElementsAre("eyJ.abc-_.9", "a.b.c", "d.e.f"));
}

TEST(Bearer, OtherSchemesAreNoTokens) {
  EXPECT_THAT(bearer_tokens({{"Basic YTpi", "Digest realm=\"a.b.c\", nonce=\"d\"", "", ",,",
                              "Bearer", "Bearer ", "abc", "a.b", "a.b.c.d"},
                             {}}),
              IsEmpty());
}

TEST(Bearer, WhatStandsBehindTheSchemeIsTheTokenWhateverItIs) {
  EXPECT_THAT(bearer_tokens({{"Bearer no token"}, {}}), ElementsAre("no token"));
}

TEST(Bearer, AnotherServiceSeesAllOfIt) {
  EXPECT_EQ(joined_authorization({{"Bearer a, Bearer b", "Basic c"}, "d"}),
            "Bearer d, Bearer a, Bearer b, Basic c");
  EXPECT_EQ(joined_authorization({}), "");
}

}  // namespace
}  // namespace rig::access

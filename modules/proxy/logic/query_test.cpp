#include "logic/query.hpp"

#include <gtest/gtest.h>

namespace rig::proxy {
namespace {

TEST(Query, ParameterIsTakenOutInAnySpelling) {
  EXPECT_EQ(without_parameter("a=1&token=x&b=%20", "token"), "a=1&b=%20");
  EXPECT_EQ(without_parameter("t%6Fken=x&a", "token"), "a");
  EXPECT_EQ(without_parameter("token&token=1&tokens=2", "token"), "tokens=2");
  EXPECT_EQ(without_parameter("my+token=1", "my token"), "");
  EXPECT_EQ(without_parameter("&&a=1&&", "token"), "&&a=1&");
  EXPECT_EQ(without_parameter("", "token"), "");
}

TEST(Query, ParameterTakesThePlaceOfTheClients) {
  EXPECT_EQ(with_parameter("a=1&correlation=evil&b", "correlation", "x+/="),
            "a=1&b&correlation=x%2B%2F%3D");
  EXPECT_EQ(with_parameter("", "correlation", "x"), "correlation=x");
}

TEST(Query, ParametersOfTheClientComeBehindAndReplaceTheBases) {
  EXPECT_EQ(merge_queries("a=1&b=2", "c=3"), "a=1&b=2&c=3");
  EXPECT_EQ(merge_queries("a=1&b=2", "b=3&a"), "b=3&a");
  EXPECT_EQ(merge_queries("", "b=3"), "b=3");
  EXPECT_EQ(merge_queries("a=1", ""), "a=1");
}

TEST(Query, BrokenEscapeStandsForItself) { EXPECT_EQ(decode_form("a%zz%4+%41"), "a%zz%4 A"); }

}  // namespace
}  // namespace rig::proxy

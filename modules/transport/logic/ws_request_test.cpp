#include "logic/ws_request.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

TEST(WsRequest, MayHaveAToken) {
  EXPECT_EQ(token_in_message(R"({"subscriptions":[],"jwt":"a.b.c"})"), "a.b.c");
  EXPECT_EQ(token_in_message(R"({"jwt":"a\u002eb"})"), "a.b");
}

TEST(WsRequest, OtherwiseHasNone) {
  for (const auto* text : {"", "{}", R"({"jwt":""})", R"({"jwt":1})", R"({"jwt":null})",
                           R"(["jwt","a"])", R"({"x":{"jwt":"a"}})", R"({"jwt":"a")", "\"jwt\""})
    EXPECT_EQ(token_in_message(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rig::transport

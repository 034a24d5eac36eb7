#include <rig/peers/node_id.hpp>

#include <gtest/gtest.h>

namespace rig::peers {
namespace {

TEST(NodeId, ComesBackFromItsText) {
  for (const NodeId id : {NodeId{1}, NodeId{0xdeadbeef}, ~NodeId{0}}) {
    EXPECT_EQ(text_of(id).size(), 16U);
    EXPECT_EQ(parse_node_id(text_of(id)), id);
  }
  EXPECT_EQ(text_of(0xab), "00000000000000ab");
}

TEST(NodeId, OfAnythingElseIsNone) {
  for (const auto* text : {"", "ab", "00000000000000AB", "0000000000000000", "00000000000000ab0",
                           "-000000000000001", "0x00000000000001"})
    EXPECT_EQ(parse_node_id(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rig::peers

#include "logic/connection_names.hpp"

#include <rig/peers/test_identity.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace rig::transport {
namespace {

class Connection final : public NamedConnection {
 public:
  explicit Connection(ConnectionNames& names) : NamedConnection(names) {}
  ~Connection() override = default;
  void replace_subscriptions(subscriptions::SubscriptionList /*list*/) override {}
  [[nodiscard]] std::string subscriptions_json() const override { return "[]"; }
  [[nodiscard]] std::string_view transport_name() const noexcept override { return "test"; }
  [[nodiscard]] bool join_sessions(const access::Identity& /*identity*/) override { return true; }
  [[nodiscard]] bool identify(access::IdentityRef /*identity*/) override { return true; }
  [[nodiscard]] const access::Identity* identity() const noexcept override { return nullptr; }
};

TEST(ConnectionToken, ComesBackFromItsText) {
  ConnectionToken token{0xdeadbeef, 255, 77, {1, 2, 3, 254, 255}};
  const auto text = token.text();
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  const auto parsed = ConnectionToken::parse(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->node, token.node);
  EXPECT_EQ(parsed->shard, token.shard);
  EXPECT_EQ(parsed->slot, token.slot);
  EXPECT_EQ(parsed->secret, token.secret);
}

TEST(ConnectionToken, OfAnythingElseIsNone) {
  const auto good = ConnectionToken{}.text();
  for (const std::string& text : {std::string(), std::string("YWJj"), good + "A", good.substr(1),
                                  "*" + good.substr(1), good.substr(1) + "="})
    EXPECT_FALSE(ConnectionToken::parse(text).has_value()) << text;
}

TEST(ConnectionToken, WithoutAGenuineSealIsOfNoNode) {
  const peers::TestIdentity here(7);
  const ConnectionToken token{7, 1, 2, {3}};
  const auto opened = parse_sealed(sealed_text(token, here), here);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->node, 7U);
  const auto forged = parse_sealed(token.text(), here);
  ASSERT_TRUE(forged);
  EXPECT_EQ(forged->node, peers::kNoNode);
  EXPECT_FALSE(parse_sealed("YWJj", here));
}

TEST(ConnectionNames, FindsWhoIsThereAndNobodyElse) {
  ConnectionNames names(1, 2);
  auto a = std::make_unique<Connection>(names);
  const Connection b(names);
  const auto token_of_a = a->token();
  EXPECT_EQ(names.find(token_of_a), a.get());
  EXPECT_EQ(names.find(b.token()), &b);
  for (auto change :
       {+[](ConnectionToken& t) { t.node ^= 1; }, +[](ConnectionToken& t) { t.shard ^= 1; },
        +[](ConnectionToken& t) { t.slot ^= 1; }, +[](ConnectionToken& t) { t.slot = 7; },
        +[](ConnectionToken& t) { t.secret[15] ^= 1; }}) {
    auto other = token_of_a;
    change(other);
    EXPECT_EQ(names.find(other), nullptr);
  }
  a.reset();
  EXPECT_EQ(names.find(token_of_a), nullptr);
  const Connection c(names);
  EXPECT_EQ(c.token().slot, token_of_a.slot) << "places are used again";
  EXPECT_EQ(names.find(token_of_a), nullptr) << "but not with the same name";
}

TEST(ConnectionNames, AreNeverTheSame) {
  ConnectionNames names(1, 0);
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(Connection(names).token().text());
  EXPECT_EQ(seen.size(), 2000U);
}

}  // namespace
}  // namespace rig::transport

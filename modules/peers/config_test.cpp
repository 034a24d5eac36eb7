#include "config.hpp"

#include <rig/core/env.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::peers {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kLong = "a secret of some length";

struct Read {
  std::string secret;
  std::vector<std::string> warnings;
};

Read read(EnvSnapshot settings) {
  EnvReader env(std::move(settings));
  const auto config = PeersConfig::from_env(env);
  EXPECT_THAT(env.problems(), IsEmpty());
  return {config.secret.reveal(), env.warnings()};
}

TEST(PeersConfig, TheSecretMayHaveItsOldName) {
  EXPECT_EQ(read({{"CLUSTER_SECRET", kLong}}).secret, kLong);
  EXPECT_EQ(read({{"NODE_COOKIE", kLong}}).secret, kLong);
  EXPECT_EQ(read({{"CLUSTER_SECRET", kLong}, {"NODE_COOKIE", "other"}}).secret, kLong);
  EXPECT_THAT(read({{"NODE_COOKIE", kLong}}).warnings, IsEmpty());
}

TEST(PeersConfig, ANameIsPrintableWhateverItIs) {
  EnvReader env({{"NODE_HOST", "rig@10.0.0.1\n"}});
  const auto name = PeersConfig::from_env(env).name;
  EXPECT_THAT(name, testing::StartsWith("rig@10.0.0.1"));
  EXPECT_EQ(name.find('\n'), std::string::npos);
}

TEST(PeersConfig, WithoutASecretThereIsNone) {
  const auto [secret, warnings] = read({});
  EXPECT_EQ(secret, "");
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(PeersConfig, AShortSecretIsAllowedWithAWarningThatDoesNotTellIt) {
  EXPECT_THAT(read({{"NODE_COOKIE", "magiccookie"}}).warnings,
              ElementsAre(AllOf(HasSubstr("NODE_COOKIE"), Not(HasSubstr("magiccookie")))));
  EXPECT_THAT(read({{"CLUSTER_SECRET", "s3cr3t"}}).warnings,
              ElementsAre(AllOf(HasSubstr("CLUSTER_SECRET"), Not(HasSubstr("s3cr3t")))));
}

}  // namespace
}  // namespace rig::peers

#include "config.hpp"

#include <rig/core/env.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string shop(const std::string& id, const std::string& endpoint = "") {
  return R"({"id":")" + id +
         R"(","name":"N","auth_type":"jwt","proxy":{"target_url":"SHOP","use_env":true,"port":80},)"
         R"("version_data":{"default":{"endpoints":[)" +
         endpoint + "]}}}";
}

class Folder {
 public:
  Folder() {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("proxy_config_test." + std::to_string(getpid()));
};

ProxyConfig read(EnvReader& env, bool has_keys = true) {
  DefinitionRules rules;
  rules.has_keys = has_keys;
  return ProxyConfig::from_env(env, std::move(rules));
}

TEST(ProxyConfig, HasNoApisByDefault) {
  for (EnvReader env : {EnvReader({}), EnvReader({{"PROXY_CONFIG_FILE", ""}})}) {
    const auto config = read(env);
    EXPECT_THAT(config.definitions, IsEmpty());
    EXPECT_EQ(config.reload_interval.count(), 0);
    EXPECT_THAT(env.problems(), IsEmpty());
  }
}

TEST(ProxyConfig, TakesTheTextItself) {
  EnvReader env({{"PROXY_CONFIG_FILE", " [" + shop("a") + "]"}});
  EXPECT_THAT(read(env).definitions, SizeIs(1));
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(ProxyConfig, TakesFilesAndDirectories) {
  const Folder folder;
  const auto file = folder.write("b.json", "[" + shop("b") + "]");
  folder.write("a.yml", "[" + shop("a") + "]");
  folder.write("c.yaml", shop("c"));
  folder.write(".hidden.json", "{");
  folder.write("notes.txt", "{");
  EnvReader one({{"PROXY_CONFIG_FILE", file}});
  EXPECT_THAT(read(one).definitions, SizeIs(1));
  EXPECT_THAT(one.problems(), IsEmpty());
  EnvReader all({{"PROXY_CONFIG_FILE", folder.path()}});
  const auto config = read(all);
  EXPECT_THAT(all.problems(), IsEmpty());
  ASSERT_THAT(config.definitions, SizeIs(3));
  EXPECT_EQ(config.definitions[0].at("id"), "a");
  EXPECT_EQ(config.definitions[2].at("id"), "c");
}

TEST(ProxyConfig, WhatCannotBeReadIsAProblem) {
  EnvReader env({{"PROXY_CONFIG_FILE", "no such file"}});
  read(env);
  EXPECT_THAT(env.problems(),
              ElementsAre("PROXY_CONFIG_FILE is neither JSON nor a file or directory: it cannot be "
                          "read: \"no such file\": No such file or directory"));
}

TEST(ProxyConfig, EveryProblemIsToldAtOnce) {
  EnvReader env({{"PROXY_CONFIG_FILE", R"([{"id":"a"},{"id":"b","proxy":5}])"},
                 {"RIG_PROXY_CONFIG_RELOAD", "never"},
                 {"RIG_PROXY_APIS_MAX", "0"}});
  read(env);
  EXPECT_THAT(env.problems(), SizeIs(10));
}

TEST(ProxyConfig, SecuredEndpointNeedsAKey) {
  const auto text =
      "[" + shop("a", R"({"id":"e","method":"GET","path_regex":"^/","secured":true})") + "]";
  EnvReader env({{"PROXY_CONFIG_FILE", text}});
  read(env, false);
  EXPECT_THAT(env.problems(), ElementsAre(HasSubstr(R"(API "a", endpoint "e": secured)")));
}

TEST(ProxyConfig, VariablesAreLookedUp) {
  EnvReader env({{"PROXY_CONFIG_FILE", "[" + shop("a") + "]"}, {"SHOP", "not a host"}});
  read(env);
  EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("must name a variable")));
}

TEST(ProxyConfig, MoreApisThanMayBeAreAProblem) {
  EnvReader env({{"PROXY_CONFIG_FILE", "[" + shop("a") + "," + shop("b") + "]"},
                 {"RIG_PROXY_APIS_MAX", "1"}});
  read(env);
  EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("RIG_PROXY_APIS_MAX")));
}

}  // namespace
}  // namespace rig::proxy

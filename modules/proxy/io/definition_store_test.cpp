#include "io/definition_store.hpp"

#include "logic/testing/definitions.hpp"

#include <rig/metrics/test_registry.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace rig::proxy {

namespace {

using testing::definition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A store whose definitions come from a file, with the API "a" in it at first.
class DefinitionFileTest : public ::testing::Test {
 public:
  ~DefinitionFileTest() override { std::filesystem::remove_all(folder_); }

 protected:
  DefinitionFileTest() {
    std::filesystem::create_directories(folder_);
    store_.load();
  }

  static std::string list_of(const std::string& id) {
    return boost::json::serialize(boost::json::array{definition(id)});
  }
  void write(const std::string& text) { std::ofstream(file_) << text; }
  [[nodiscard]] std::vector<std::string> served() const {
    std::vector<std::string> ids;
    for (const auto& api : store_.table().served()) ids.push_back(api->id);
    return ids;
  }
  double refused() { return registry_.value("rig_proxy_config_refused_total"); }
  ProxyConfig config() {
    ProxyConfig config;
    config.files = file_;
    config.sources = {{.name = file_, .text = list_of("a")}};
    config.definitions = read_sources(config.sources, {}).definitions;
    return config;
  }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                        ("definition_store_test." + std::to_string(getpid()));
  const std::string file_ = (folder_ / "apis.json").string();
  metrics::TestRegistry registry_{1};
  DefinitionStore store_{config(), "node", registry_, nullptr};
};

TEST_F(DefinitionFileTest, AChangeIsTakenOnce) {
  write(list_of("b"));
  const auto first = store_.reload();
  EXPECT_NE(first.set, nullptr);
  EXPECT_EQ(first.changed, 2U);
  EXPECT_THAT(served(), ElementsAre("b"));
  EXPECT_EQ(store_.reload().set, nullptr);
}

TEST_F(DefinitionFileTest, WhatIsWrongIsToldOnceAndChangesNothing) {
  write("[{");
  EXPECT_THAT(store_.reload().problems, SizeIs(1));
  EXPECT_THAT(store_.reload().problems, IsEmpty());
  EXPECT_EQ(refused(), 1);
  std::filesystem::remove(file_);
  EXPECT_THAT(store_.reload().problems, SizeIs(1));
  EXPECT_THAT(store_.reload().problems, IsEmpty());
  EXPECT_EQ(refused(), 2);
  EXPECT_THAT(served(), ElementsAre("a"));

  write(list_of("c"));
  EXPECT_THAT(store_.reload().problems, IsEmpty());
  EXPECT_THAT(served(), ElementsAre("c"));
  EXPECT_EQ(refused(), 2);
}

}  // namespace
}  // namespace rig::proxy

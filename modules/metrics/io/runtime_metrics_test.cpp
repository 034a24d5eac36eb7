#include "io/runtime_metrics.hpp"

#include "io/shared_registry.hpp"
#include "logic/parsed_text.hpp"

#include <rig/core/shard.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::metrics {
namespace {

TEST(RuntimeMetrics, EachShardHasItsLoad) {
  Shards shards(2, 100);
  SharedRegistry registry(2, true);
  add_runtime_metrics(registry, shards);
  shards.post(1, [] {});  // waits: the threads have not been started
  const auto page = parse_text(registry.text());
  EXPECT_EQ(page.at("rig_shards"), 2);
  EXPECT_EQ(page.at("rig_shard_queue_depth{shard=\"0\"}"), 0);
  EXPECT_EQ(page.at("rig_shard_queue_depth{shard=\"1\"}"), 1);
  EXPECT_GE(page.at("rig_shard_loop_lag_seconds{shard=\"0\"}"), 0);
  EXPECT_GE(page.at("rig_shard_loop_lag_seconds{shard=\"1\"}"), 0);
  EXPECT_EQ(page.at("rig_unexpected_errors_total"), 0);
  EXPECT_EQ(page.types.at("rig_unexpected_errors_total"), "counter");
  EXPECT_EQ(page.at("rig_log_lines_dropped_total"), 0);
  shards.start();
  shards.finish();
}

TEST(RuntimeMetrics, BuildIsNamedByItsLabels) {
  Shards shards(1, 100);
  SharedRegistry registry(1, true);
  add_runtime_metrics(registry, shards);
  const std::string text = registry.text();
  EXPECT_THAT(text, testing::ContainsRegex("rig_build_info\\{commit=\"[^\"]*\","
                                           "compiler=\"[^\"]+\",version=\"[0-9][^\"]*\"\\} 1\n"));
}

}  // namespace
}  // namespace rig::metrics

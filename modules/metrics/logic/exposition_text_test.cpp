#include "logic/exposition_text.hpp"

#include "logic/parsed_text.hpp"

#include <gtest/gtest.h>

namespace rig::metrics {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr auto kMilliseconds = Registry::HistogramUnit::kMilliseconds;
constexpr auto kSeconds = Registry::HistogramUnit::kSeconds;

std::string text_of(const FamilyTable& table) { return exposition_text(collect(table.views())); }

TEST(ExpositionText, NothingIsAnEmptyPage) { EXPECT_EQ(text_of(FamilyTable(1)), ""); }

TEST(ExpositionText, EachFamilyHasOneHelpAndOneType) {
  FamilyTable table(1);
  table.counter({"rig_a_total", "How many a."}, {{"type", "x"}}).add(2);
  table.counter({"rig_a_total", "How many a."}, {{"type", "y"}}).add(3);
  table.gauge({"rig_b", "Size of b."}, {}).sub(4);
  EXPECT_EQ(text_of(table),
            "# HELP rig_a_total How many a.\n"
            "# TYPE rig_a_total counter\n"
            "rig_a_total{type=\"x\"} 2\n"
            "rig_a_total{type=\"y\"} 3\n"
            "# HELP rig_b Size of b.\n"
            "# TYPE rig_b gauge\n"
            "rig_b -4\n");
}

TEST(ExpositionText, HistogramInSecondsIsCumulative) {
  FamilyTable table(1);
  auto& histogram =
      table.histogram({"rig_h_seconds", "H."}, kSeconds,
                      {microseconds(100), milliseconds(5), milliseconds(100)}, {{"door", "a"}});
  histogram.observe(microseconds(100));  // a bound belongs to its bucket
  histogram.observe(microseconds(101));
  histogram.observe(milliseconds(5), 3);
  histogram.observe(seconds(2));
  const auto page = parse_text(text_of(table));
  EXPECT_EQ(page.types.at("rig_h_seconds"), "histogram");
  EXPECT_EQ(page.at("rig_h_seconds_bucket{door=\"a\",le=\"0.0001\"}"), 1);
  EXPECT_EQ(page.at("rig_h_seconds_bucket{door=\"a\",le=\"0.005\"}"), 5);
  EXPECT_EQ(page.at("rig_h_seconds_bucket{door=\"a\",le=\"0.1\"}"), 5);
  EXPECT_EQ(page.at("rig_h_seconds_bucket{door=\"a\",le=\"+Inf\"}"), 6);
  EXPECT_EQ(page.at("rig_h_seconds_count{door=\"a\"}"), 6);
  EXPECT_NEAR(page.at("rig_h_seconds_sum{door=\"a\"}"), 2.015201, 1e-9);
  EXPECT_EQ(page.samples.size(), 6U);
}

TEST(ExpositionText, HistogramInMillisecondsHasBoundsAsInTheContract) {
  FamilyTable table(1);
  std::vector<std::chrono::nanoseconds> bounds;
  for (int ms : {1, 2, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000}) {
    bounds.emplace_back(milliseconds(ms));
  }
  auto& histogram = table.histogram({"rig_h_milliseconds", "H."}, kMilliseconds, bounds, {});
  histogram.observe(microseconds(2500));
  const auto page = parse_text(text_of(table));
  EXPECT_EQ(page.at("rig_h_milliseconds_bucket{le=\"1\"}"), 0);
  EXPECT_EQ(page.at("rig_h_milliseconds_bucket{le=\"2\"}"), 0);
  EXPECT_EQ(page.at("rig_h_milliseconds_bucket{le=\"5\"}"), 1);
  EXPECT_EQ(page.at("rig_h_milliseconds_bucket{le=\"1000\"}"), 1);
  EXPECT_EQ(page.at("rig_h_milliseconds_bucket{le=\"+Inf\"}"), 1);
  EXPECT_EQ(page.at("rig_h_milliseconds_sum"), 2.5);
  EXPECT_EQ(page.samples.size(), 15U);
}

TEST(ExpositionText, ReadingsAreCountersOrGauges) {
  FamilyTable table(1);
  table.reading({"rig_r_total", "R."}, FamilyType::kCounter, {}, [] { return 12.0; });
  table.reading({"rig_s", "S."}, FamilyType::kGauge, {{"shard", "0"}}, [] { return 0.25; });
  const auto page = parse_text(text_of(table));
  EXPECT_EQ(page.types.at("rig_r_total"), "counter");
  EXPECT_EQ(page.at("rig_r_total"), 12);
  EXPECT_EQ(page.types.at("rig_s"), "gauge");
  EXPECT_EQ(page.at("rig_s{shard=\"0\"}"), 0.25);
}

TEST(ExpositionText, LargeNumbersAreExact) {
  FamilyTable table(1);
  table.counter({"rig_a_total", "A."}, {}).add(1'234'567'890'123'456);
  table.reading({"rig_b", "B."}, FamilyType::kGauge, {}, [] { return 1'700'000'000.25; });
  const auto page = parse_text(text_of(table));
  EXPECT_EQ(page.at("rig_a_total"), 1'234'567'890'123'456.0);
  EXPECT_EQ(page.at("rig_b"), 1'700'000'000.25);
}

TEST(ExpositionText, LabelValuesAreEscaped) {
  FamilyTable table(1);
  table.counter({"rig_a_total", "A."}, {{"type", "a\"b\\c\nd"}}).add();
  const auto page = parse_text(text_of(table));
  EXPECT_EQ(page.at("rig_a_total{type=\"a\\\"b\\\\c\xEF\xBF\xBD"
                    "d\"}"),
            1);
}

}  // namespace
}  // namespace rig::metrics

#include "logic/family_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::metrics {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Pair;
constexpr auto kMilliseconds = Registry::HistogramUnit::kMilliseconds;
constexpr auto kSeconds = Registry::HistogramUnit::kSeconds;

std::vector<std::string> family_names(const FamilyTable& table) {
  std::vector<std::string> names;
  for (const auto& view : table.views()) names.push_back(view.family->name);
  return names;
}

FamilyView only_family(const FamilyTable& table) {
  const auto views = table.views();
  EXPECT_EQ(views.size(), 1U);
  return views.front();
}

TEST(FamilyTable, SameNameAndLabelsAreTheSameObject) {
  FamilyTable table(2);
  auto& first = table.counter({"rig_a_total", "A."}, {{"source", "http"}, {"topic", "x"}});
  auto& again = table.counter({"rig_a_total", "A."}, {{"topic", "x"}, {"source", "http"}});
  auto& other = table.counter({"rig_a_total", "A."}, {{"source", "http"}, {"topic", "y"}});
  EXPECT_EQ(&first, &again);
  EXPECT_NE(&first, &other);

  auto& gauge = table.gauge({"rig_b", "B."}, {});
  EXPECT_EQ(&gauge, &table.gauge({"rig_b", "B."}, {}));

  auto& histogram = table.histogram({"rig_c_seconds", "C."}, kSeconds, {milliseconds(1)}, {});
  EXPECT_EQ(&histogram, &table.histogram({"rig_c_seconds", "C."}, kSeconds, {milliseconds(1)}, {}));
}

TEST(FamilyTable, FamiliesAreOrderedByNameAndSeriesByLabels) {
  FamilyTable table(1);
  table.counter({"rig_b_total", "B."}, {{"type", "z"}});
  table.counter({"rig_b_total", "B."}, {{"type", "a"}});
  table.gauge({"rig_c", "C."}, {});
  table.gauge({"rig_a", "A."}, {});
  EXPECT_THAT(family_names(table), ElementsAre("rig_a", "rig_b_total", "rig_c"));

  const auto series = table.views()[1].series;
  ASSERT_EQ(series.size(), 2U);
  EXPECT_THAT(series[0]->labels, ElementsAre(Pair("type", "a")));
  EXPECT_THAT(series[1]->labels, ElementsAre(Pair("type", "z")));
}

TEST(FamilyTable, BeyondTheLimitNewLabelsAreCountedAsOther) {
  FamilyTable table(1);
  const Description description{"rig_events_total", "Events."};
  auto& early = table.counter(description, {{"source", "http"}, {"topic", "0"}});
  for (std::size_t i = 1; i < Registry::kLabelSetsMax; ++i) {
    table.counter(description, {{"source", "http"}, {"topic", std::to_string(i)}});
  }
  auto& late = table.counter(description, {{"source", "http"}, {"topic", "late"}});
  auto& later = table.counter(description, {{"source", "kafka"}, {"topic", "later"}});
  EXPECT_EQ(&late, &later);
  EXPECT_EQ(&early, &table.counter(description, {{"source", "http"}, {"topic", "0"}}));
  EXPECT_EQ(only_family(table).series.size(), Registry::kLabelSetsMax + 1);

  late.add(3);
  auto& other = table.counter(description, {{"source", "other"}, {"topic", "other"}});
  EXPECT_EQ(other.value(), 3);
  EXPECT_EQ(early.value(), 0);
}

TEST(FamilyTable, LimitIsPerName) {
  FamilyTable table(1);
  for (std::size_t i = 0; i <= Registry::kLabelSetsMax; ++i) {
    table.gauge({"rig_many", "Many."}, {{"type", std::to_string(i)}});
  }
  auto& a = table.gauge({"rig_few", "Few."}, {{"type", "a"}});
  auto& b = table.gauge({"rig_few", "Few."}, {{"type", "b"}});
  EXPECT_NE(&a, &b);
}

TEST(FamilyTable, LabelValuesFromOutsideAreMadeSafe) {
  FamilyTable table(1);
  table.counter({"rig_a_total", "A."}, {{"type", std::string(100'000, 'x')}});
  table.counter({"rig_a_total", "A."}, {{"type", "\xFF"}});
  const auto series = only_family(table).series;
  ASSERT_EQ(series.size(), 2U);
  EXPECT_LE(series[0]->labels[0].second.size(), 256U);
  EXPECT_EQ(series[1]->labels[0].second, "\xEF\xBF\xBD");
}

TEST(FamilyTable, ReadingIsAskedWhenReadAndNotBefore) {
  FamilyTable table(1);
  int asked = 0;
  table.reading({"rig_r", "R."}, FamilyType::kGauge, {}, [&asked] { return double(++asked); });
  const auto view = only_family(table);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(std::get<Reading>(view.series[0]->value)(), 1.0);
}

TEST(FamilyTable, ObjectsStayWhereTheyAreWhenOthersCome) {
  FamilyTable table(1);
  auto& first = table.counter({"rig_a_total", "A."}, {{"type", "m"}});
  const auto view = only_family(table);
  for (int i = 0; i < 500; ++i) {
    table.counter({"rig_a_total", "A."}, {{"type", std::to_string(i)}});
    table.gauge({"rig_g" + std::to_string(i), "G."}, {});
  }
  first.add(7);
  EXPECT_EQ(std::get<Counter>(view.series[0]->value).value(), 7);
}

TEST(FamilyTableDeathTest, ContradictingDeclarationsAbort) {
  FamilyTable table(1);
  table.counter({"rig_a_total", "A."}, {{"type", "x"}});
  EXPECT_DEATH(table.gauge({"rig_a_total", "A."}, {{"type", "x"}}), "same_declaration");
  EXPECT_DEATH(table.counter({"rig_a_total", "Other."}, {{"type", "x"}}), "same_declaration");
  EXPECT_DEATH(table.counter({"rig_a_total", "A."}, {{"topic", "x"}}), "same_declaration");
  EXPECT_DEATH(table.counter({"rig_a_total", "A."}, {}), "same_declaration");

  table.histogram({"rig_h", "H."}, kSeconds, {milliseconds(1)}, {});
  EXPECT_DEATH(table.histogram({"rig_h", "H."}, kMilliseconds, {milliseconds(1)}, {}),
               "same_declaration");
  EXPECT_DEATH(table.histogram({"rig_h", "H."}, kSeconds, {milliseconds(2)}, {}),
               "same_declaration");

  table.reading({"rig_r", "R."}, FamilyType::kGauge, {}, [] { return 1.0; });
  EXPECT_DEATH(table.reading({"rig_r", "R."}, FamilyType::kGauge, {}, [] { return 2.0; }),
               "contains");
  EXPECT_DEATH(table.gauge({"rig_r", "R."}, {}), "value != nullptr");
}

TEST(FamilyTableDeathTest, InvalidDeclarationsAbort) {
  FamilyTable table(1);
  EXPECT_DEATH(table.counter({"rig-a", "A."}, {}), "CheckMetricName");
  EXPECT_DEATH(table.counter({"", "A."}, {}), "CheckMetricName");
  EXPECT_DEATH(table.counter({"rig_a", ""}, {}), "is_one_line");
  EXPECT_DEATH(table.counter({"rig_a", "two\nlines"}, {}), "is_one_line");
  EXPECT_DEATH(table.counter({"rig_a", "A."}, {{"bad-name", "x"}}), "CheckLabelName");
  EXPECT_DEATH(table.counter({"rig_a", "A."}, {{"le", "1"}}), "le");
  EXPECT_DEATH(table.counter({"rig_a", "A."}, {{"x", "1"}, {"x", "2"}}), "adjacent_find");
  EXPECT_DEATH(table.histogram({"rig_h", "H."}, kSeconds, {}, {}), "are_ascending");
  EXPECT_DEATH(table.histogram({"rig_h", "H."}, kSeconds, {milliseconds(2), milliseconds(2)}, {}),
               "are_ascending");
  EXPECT_DEATH(table.reading({"rig_r", "R."}, FamilyType::kGauge, {}, nullptr), "read != nullptr");
}

}  // namespace
}  // namespace rig::metrics

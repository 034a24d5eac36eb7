#include "logic/port_table.hpp"

#include <rig/core/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace rig::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr PortKey kSink{"sink"};
constexpr PortKey kRoutes{"routes"};
constexpr PortKey kSinks[] = {kSink};
constexpr PortKey kRouteList[] = {kRoutes};

constexpr Descriptor kProvider{"provider", {}, kSinks, {}, {}, nullptr};
constexpr Descriptor kNeeder{"needer", kSinks, {}, {}, {}, nullptr};
constexpr Descriptor kAlpha{"alpha", {}, {}, {}, kRouteList, nullptr};
constexpr Descriptor kBeta{"beta", {}, {}, {}, kRouteList, nullptr};
constexpr Descriptor kCollector{"collector", {}, {}, kRouteList, {}, nullptr};

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const StartupError& error) {
    return error.what();
  }
  return "no error";
}

TEST(PortTable, NeederGetsWhatTheProviderGave) {
  PortTable table;
  int sink = 0;
  table.begin(kProvider);
  table.provided(kSink, &sink);
  table.end();
  table.begin(kNeeder);
  EXPECT_EQ(table.needed(kSink), &sink);
  table.end();
}

TEST(PortTable, ContributionsComeInTheOrderOfModuleNames) {
  PortTable table;
  int a1 = 0;
  int a2 = 0;
  int b = 0;
  table.begin(kBeta);
  table.contributed(kRoutes, &b);
  table.begin(kAlpha);
  table.contributed(kRoutes, &a1);
  table.contributed(kRoutes, &a2);
  table.begin(kCollector);
  EXPECT_THAT(table.collected(kRoutes), ElementsAre(&a1, &a2, &b));
}

TEST(PortTable, ListWithoutContributionsIsEmpty) {
  PortTable table;
  table.begin(kCollector);
  EXPECT_THAT(table.collected(kRoutes), IsEmpty());
}

TEST(PortTable, UndeclaredPortsAreRefusedWithModuleAndPort) {
  PortTable table;
  int x = 0;
  table.begin(kCollector);
  EXPECT_EQ(error_of([&] { (void)table.needed(kSink); }),
            "module \"collector\" needs port \"sink\", which its descriptor does not declare");
  EXPECT_THAT(error_of([&] { table.provided(kSink, &x); }),
              HasSubstr("\"collector\" provides port \"sink\", which"));
  EXPECT_THAT(error_of([&] { table.contributed(kRoutes, &x); }),
              HasSubstr("\"collector\" contributes to port \"routes\", which"));
  table.begin(kNeeder);
  EXPECT_THAT(error_of([&] { (void)table.collected(kRoutes); }),
              HasSubstr("\"needer\" collects port \"routes\", which"));
}

TEST(PortTable, DeclaredPortThatIsNotProvidedIsRefused) {
  PortTable table;
  table.begin(kProvider);
  EXPECT_EQ(error_of([&] { table.end(); }),
            "module \"provider\" declares that it provides port \"sink\", but did not");
  table.begin(kNeeder);
  EXPECT_EQ(error_of([&] { (void)table.needed(kSink); }),
            "module \"needer\" needs port \"sink\", but nobody provided it");
}

TEST(PortTable, PortIsProvidedOnce) {
  PortTable table;
  int x = 0;
  table.begin(kProvider);
  table.provided(kSink, &x);
  EXPECT_THAT(error_of([&] { table.provided(kSink, &x); }), HasSubstr("twice"));
}

TEST(PortTable, ModuleThatFailedLeavesNothingBehind) {
  PortTable table;
  int x = 0;
  table.begin(kProvider);
  table.provided(kSink, &x);
  table.abandon();
  EXPECT_FALSE(table.has(kSink));
  table.begin(kAlpha);
  table.contributed(kRoutes, &x);
  table.abandon();
  table.begin(kBeta);
  table.contributed(kRoutes, &x);
  table.begin(kCollector);
  EXPECT_THAT(table.collected(kRoutes), ElementsAre(&x));
}

}  // namespace
}  // namespace rig::core

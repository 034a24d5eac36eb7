#include "logic/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace rig::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A module graph that is written down by names.
class Graph {
 public:
  struct Ports {
    std::vector<PortKey> needs = {};
    std::vector<PortKey> provides = {};
    std::vector<PortKey> collects = {};
    std::vector<PortKey> contributes = {};
  };

  Graph& add(std::string_view name, Ports ports) {
    const Ports& kept = ports_.emplace_back(std::move(ports));
    descriptors_.push_back(
        Descriptor{name, kept.needs, kept.provides, kept.collects, kept.contributes, nullptr});
    return *this;
  }

  [[nodiscard]] std::vector<const Descriptor*> list() const {
    std::vector<const Descriptor*> out;
    for (const Descriptor& descriptor : descriptors_) out.push_back(&descriptor);
    return out;
  }
  [[nodiscard]] Plan plan() const { return make_plan(list()); }

 private:
  std::deque<Ports> ports_;
  std::deque<Descriptor> descriptors_;
};

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> out;
  for (const Descriptor* module : plan.order) out.emplace_back(module->name);
  return out;
}

Graph gateway() {
  Graph graph;
  graph.add("transport", {.needs = {{"metrics.registry"}}, .collects = {{"transport.endpoint"}}})
      .add("api", {.needs = {{"subscriptions.sink"}}, .contributes = {{"transport.endpoint"}}})
      .add("subscriptions", {.needs = {{"metrics.registry"}},
                             .provides = {{"subscriptions.sink"}},
                             .contributes = {{"transport.endpoint"}}})
      .add("metrics",
           {.provides = {{"metrics.registry"}}, .contributes = {{"transport.endpoint"}}});
  return graph;
}

TEST(Plan, ProvidersComeBeforeNeedersAndContributorsBeforeCollectors) {
  const Graph graph = gateway();
  const Plan plan = graph.plan();
  EXPECT_THAT(plan.problems, IsEmpty());
  EXPECT_THAT(names(plan), ElementsAre("metrics", "subscriptions", "api", "transport"));
}

TEST(Plan, OrderDoesNotDependOnTheOrderOfTheList) {
  const Graph graph = gateway();
  auto list = graph.list();
  std::ranges::sort(list);
  do {
    EXPECT_THAT(names(make_plan(list)),
                ElementsAre("metrics", "subscriptions", "api", "transport"));
  } while (std::ranges::next_permutation(list).found);
}

TEST(Plan, FreeModulesGoByName) {
  EXPECT_THAT(names(Graph().add("c", {}).add("a", {}).add("b", {}).plan()),
              ElementsAre("a", "b", "c"));
}

TEST(Plan, ListsMayStayEmptyAndContributionsUncollected) {
  Graph graph;
  graph.add("a", {.collects = {{"x"}}}).add("b", {.contributes = {{"y"}}});
  const Plan plan = graph.plan();
  EXPECT_THAT(plan.problems, IsEmpty());
  EXPECT_THAT(names(plan), ElementsAre("a", "b"));
}

TEST(Plan, ModuleMayAddToTheListThatItCollects) {
  EXPECT_THAT(Graph().add("a", {.collects = {{"x"}}, .contributes = {{"x"}}}).plan().problems,
              IsEmpty());
}

TEST(Plan, NeedWithoutProviderNamesModuleAndPort) {
  EXPECT_THAT(Graph().add("api", {.needs = {{"x.sink"}}}).plan().problems,
              ElementsAre("module \"api\" needs port \"x.sink\", but no module provides it"));
}

TEST(Plan, TwoProvidersOfOnePortAreBothNamed) {
  EXPECT_THAT(
      Graph().add("b", {.provides = {{"x"}}}).add("a", {.provides = {{"x"}}}).plan().problems,
      ElementsAre("port \"x\" is provided by more than one module: a and b"));
}

TEST(Plan, TwoModulesOfOneNameAreNamedOnce) {
  EXPECT_THAT(Graph().add("a", {}).add("a", {}).add("a", {}).add("b", {}).plan().problems,
              ElementsAre("more than one module is called \"a\""));
}

TEST(Plan, CycleIsNamedInOrderWithItsReasons) {
  EXPECT_THAT(Graph()
                  .add("c", {.needs = {{"pa"}}, .provides = {{"pc"}}})
                  .add("b", {.needs = {{"pc"}}, .contributes = {{"list"}}})
                  .add("a", {.provides = {{"pa"}}, .collects = {{"list"}}})
                  .add("downstream", {.needs = {{"pa"}}})
                  .plan()
                  .problems,
              ElementsAre("modules wait for each other: a collects \"list\" of b; b needs \"pc\" "
                          "of c; c needs \"pa\" of a"));
}

TEST(Plan, ModuleThatNeedsItsOwnPortIsACycle) {
  EXPECT_THAT(Graph().add("a", {.needs = {{"x"}}, .provides = {{"x"}}}).plan().problems,
              ElementsAre("modules wait for each other: a needs \"x\" of a"));
}

TEST(Plan, AllProblemsComeAtOnce) {
  const auto problems = Graph()
                            .add("a", {.needs = {{"b"}}, .provides = {{"a"}}})
                            .add("b", {.needs = {{"a"}}, .provides = {{"b"}}})
                            .add("c", {.needs = {{"d"}}, .provides = {{"c"}}})
                            .add("d", {.needs = {{"c"}}, .provides = {{"d"}}})
                            .add("e", {.needs = {{"nothing"}}})
                            .add("f", {.provides = {{"g"}}})
                            .add("g", {.provides = {{"g"}}})
                            .add("g", {})
                            .plan()
                            .problems;
  EXPECT_THAT(problems,
              ElementsAre("more than one module is called \"g\"",
                          "port \"g\" is provided by more than one module: f and g",
                          "module \"e\" needs port \"nothing\", but no module provides it",
                          "modules wait for each other: a needs \"b\" of b; b needs \"a\" of a",
                          "modules wait for each other: c needs \"d\" of d; d needs \"c\" of c"));
}

TEST(Plan, DescriptionShowsOrderAndPartners) {
  const Graph graph = gateway();
  EXPECT_EQ(describe(graph.plan()),
            R"(Modules in the order of their start; they stop in reverse.

1. metrics
   provides    metrics.registry            to subscriptions, transport
   contributes transport.endpoint          to transport

2. subscriptions
   needs       metrics.registry            from metrics
   provides    subscriptions.sink          to api
   contributes transport.endpoint          to transport

3. api
   needs       subscriptions.sink          from subscriptions
   contributes transport.endpoint          to transport

4. transport
   needs       metrics.registry            from metrics
   collects    transport.endpoint          from api, metrics, subscriptions
)");
}

}  // namespace
}  // namespace rig::core

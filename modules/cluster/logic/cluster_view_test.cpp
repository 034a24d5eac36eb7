#include "logic/cluster_view.hpp"

#include <gtest/gtest.h>

namespace rig::cluster {
namespace {

TEST(ClusterView, NamesThisNodeFirst) {
  ClusterView view;
  view.bus = "connected";
  view.self.id = "b";
  view.self.name = "here";
  view.self.version = "4.0.0";
  view.self.state = Member::kServing;
  view.self.connections = 3;
  view.self.interest = 1;
  view.self.types = {"greeting"};
  Member other = view.self;
  other.id = "a";
  other.name = "there";
  other.state = Member::kDraining;
  other.interest = 0;
  other.types.clear();
  view.others = {other};
  EXPECT_EQ(to_text(view), R"({"bus":"connected","self":"b","nodes":[)"
                           R"({"id":"b","name":"here","version":"4.0.0","state":"serving",)"
                           R"("since":"1970-01-01T00:00:00.000Z","connections":3,)"
                           R"("interest":{"count":1,"types":["greeting"]}},)"
                           R"({"id":"a","name":"there","version":"4.0.0","state":"draining",)"
                           R"("since":"1970-01-01T00:00:00.000Z","connections":3,)"
                           R"("interest":{"count":0,"types":[]}}]})");
}

}  // namespace
}  // namespace rig::cluster

#include "logic/route_table.hpp"

#include <rig/core/error.hpp>

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using Kind = RouteTable::Match::Kind;

class RouteTableTest : public testing::Test {
 protected:
  RouteTableTest() {
    table.add({Door::kInbound, "POST", "/events", "content-type"}, {events});
    table.add({Door::kApi, "GET", "/apis"}, {list});
    table.add({Door::kApi, "GET", "/apis/{id}"}, {one});
    table.add({Door::kApi, "DELETE", "/apis/{id}"}, {gone});
  }
  HttpEndpoint* found(Door door, std::string_view method, std::string_view path) {
    return table.find(door, method, path).target.endpoint;
  }

  RouteTable table;
  // The table only compares endpoints, so any addresses will do.
  char addresses[4] = {};
  HttpEndpoint* events = reinterpret_cast<HttpEndpoint*>(&addresses[0]);
  HttpEndpoint* list = reinterpret_cast<HttpEndpoint*>(&addresses[1]);
  HttpEndpoint* one = reinterpret_cast<HttpEndpoint*>(&addresses[2]);
  HttpEndpoint* gone = reinterpret_cast<HttpEndpoint*>(&addresses[3]);
};

TEST_F(RouteTableTest, FindsByDoorMethodAndPath) {
  EXPECT_EQ(found(Door::kInbound, "POST", "/events"), events);
  EXPECT_EQ(found(Door::kApi, "POST", "/events"), nullptr);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis"), list);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7"), one);
  EXPECT_EQ(found(Door::kApi, "DELETE", "/apis/7"), gone);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7/x"), nullptr);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis//"), nullptr);
}

TEST_F(RouteTableTest, TrailingSlashMakesNoDifference) {
  EXPECT_EQ(found(Door::kInbound, "POST", "/events/"), events);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7/"), one);
}

TEST_F(RouteTableTest, HeadFindsWhatGetServes) {
  EXPECT_EQ(found(Door::kApi, "HEAD", "/apis"), list);
  EXPECT_EQ(table.find(Door::kInbound, "HEAD", "/events").kind, Kind::kWrongMethod);
}

TEST_F(RouteTableTest, TellsWhatThePathAllows) {
  const auto match = table.find(Door::kApi, "PATCH", "/apis/7");
  EXPECT_EQ(match.kind, Kind::kWrongMethod);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
  const auto preflight = table.find(Door::kInbound, "OPTIONS", "/events");
  EXPECT_EQ(preflight.kind, Kind::kOptions);
  EXPECT_EQ(preflight.cors_methods, "POST");
  EXPECT_EQ(preflight.cors_headers, "content-type");
  EXPECT_EQ(table.find(Door::kApi, "OPTIONS", "/nothing").kind, Kind::kNotFound);
}

TEST_F(RouteTableTest, OneRouteServedTwiceStopsTheStart) {
  EXPECT_THROW(table.add({Door::kApi, "GET", "/apis/{other}"}, {list}), StartupError);
  EXPECT_THROW(table.add({Door::kInbound, "POST", "/events/"}, {list}), StartupError);
}

TEST_F(RouteTableTest, AnyPathIsSurvived) {
  for (const std::string_view path : {"", "*", "/", "//", "apis/7", "/apis/{id}"})
    EXPECT_EQ(found(Door::kApi, "GET", path), path == "/apis/{id}" ? one : nullptr) << path;
}

}  // namespace
}  // namespace rig::transport

#include "logic/route_table.hpp"

#include <rig/core/error.hpp>

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

using Kind = RouteTable::Match::Kind;

class RouteTableTest : public testing::Test {
 protected:
  RouteTableTest() {
    table_.add({Door::kInbound, "POST", "/events", "content-type"}, {events_});
    table_.add({Door::kApi, "GET", "/apis"}, {list_});
    table_.add({Door::kApi, "GET", "/apis/{id}"}, {one_});
    table_.add({Door::kApi, "DELETE", "/apis/{id}"}, {gone_});
  }
  HttpEndpoint* found(Door door, std::string_view method, std::string_view path) {
    return table_.find(door, method, path).target.endpoint;
  }

  RouteTable table_;
  // The table only compares endpoints, so any addresses will do.
  char addresses_[4] = {};
  HttpEndpoint* events_ = reinterpret_cast<HttpEndpoint*>(&addresses_[0]);
  HttpEndpoint* list_ = reinterpret_cast<HttpEndpoint*>(&addresses_[1]);
  HttpEndpoint* one_ = reinterpret_cast<HttpEndpoint*>(&addresses_[2]);
  HttpEndpoint* gone_ = reinterpret_cast<HttpEndpoint*>(&addresses_[3]);
};

TEST_F(RouteTableTest, FindsByDoorMethodAndPath) {
  EXPECT_EQ(found(Door::kInbound, "POST", "/events"), events_);
  EXPECT_EQ(found(Door::kApi, "POST", "/events"), nullptr);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis"), list_);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7"), one_);
  EXPECT_EQ(found(Door::kApi, "DELETE", "/apis/7"), gone_);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7/x"), nullptr);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis//"), nullptr);
}

TEST_F(RouteTableTest, TrailingSlashMakesNoDifference) {
  EXPECT_EQ(found(Door::kInbound, "POST", "/events/"), events_);
  EXPECT_EQ(found(Door::kApi, "GET", "/apis/7/"), one_);
}

TEST_F(RouteTableTest, HeadFindsWhatGetServes) {
  EXPECT_EQ(found(Door::kApi, "HEAD", "/apis"), list_);
  EXPECT_EQ(table_.find(Door::kInbound, "HEAD", "/events").kind, Kind::kWrongMethod);
}

TEST_F(RouteTableTest, TellsWhatThePathAllows) {
  const auto match = table_.find(Door::kApi, "PATCH", "/apis/7");
  EXPECT_EQ(match.kind, Kind::kWrongMethod);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
  const auto preflight = table_.find(Door::kInbound, "OPTIONS", "/events");
  EXPECT_EQ(preflight.kind, Kind::kOptions);
  EXPECT_EQ(preflight.cors_methods, "POST");
  EXPECT_EQ(preflight.cors_headers, "content-type");
  EXPECT_EQ(table_.find(Door::kApi, "OPTIONS", "/nothing").kind, Kind::kNotFound);
}

TEST_F(RouteTableTest, PathIsOpenIfAllItsMethodsAre) {
  table_.add({.door = Door::kApi, .method = "GET", .path = "/health", .open = true}, {list_});
  EXPECT_TRUE(table_.find(Door::kApi, "HEAD", "/health").open);
  EXPECT_TRUE(table_.find(Door::kApi, "DELETE", "/health").open);
  EXPECT_FALSE(table_.find(Door::kApi, "GET", "/health/x").open);
  EXPECT_FALSE(table_.find(Door::kApi, "GET", "/apis/7").open);
  table_.add({.door = Door::kApi, .method = "POST", .path = "/health"}, {list_});
  EXPECT_FALSE(table_.find(Door::kApi, "GET", "/health").open);
}

TEST_F(RouteTableTest, OneRouteServedTwiceStopsTheStart) {
  EXPECT_THROW(table_.add({Door::kApi, "GET", "/apis/{other}"}, {list_}), StartupError);
  EXPECT_THROW(table_.add({Door::kInbound, "POST", "/events/"}, {list_}), StartupError);
}

TEST_F(RouteTableTest, AnyPathIsSurvived) {
  for (const std::string_view path : {"", "*", "/", "//", "apis/7", "/apis/{id}"})
    EXPECT_EQ(found(Door::kApi, "GET", path), path == "/apis/{id}" ? one_ : nullptr) << path;
}

}  // namespace
}  // namespace rig::transport

#include "logic/test_plans.hpp"

#include <rig/cloudevents/codec.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace rig::cloudevents {
namespace {

TEST(MakeGatewayEvent, EveryEventHasItsOwnIdOnEveryThread) {
  constexpr std::size_t kEvents = 1000;
  std::array<std::vector<std::string>, 2> ids;
  const auto make_events = [](std::vector<std::string>& own) {
    own.resize(kEvents);
    for (std::string& id : own) id = make_gateway_event("rig.x", "")->id();
  };
  std::thread other(make_events, std::ref(ids[0]));
  make_events(ids[1]);
  other.join();
  std::set<std::string> all(ids[0].begin(), ids[0].end());
  all.insert(ids[1].begin(), ids[1].end());
  EXPECT_EQ(all.size(), 2 * kEvents);
}

TEST(MakeGatewayEvent, AttributesAreThoseOfItsText) {
  const EventRef event = make_gateway_event("rig.subscriptions_set", "[]");
  EXPECT_EQ(event->version(), SpecVersion::k02);
  EXPECT_EQ(event->type(), "rig.subscriptions_set");
  EXPECT_EQ(event->source(), "rig");
  EXPECT_TRUE(event->fields().empty());
  EXPECT_TRUE(event->json().starts_with(R"({"data":[],"id":")" + event->id() + "\""))
      << event->json();

  // The gateway refuses the type from outside; under another name the text is a valid event.
  std::string json = event->json();
  json.replace(json.find("rig.subscriptions_set"), 3, "app");
  const auto decoded = decode_structured(json, TestPlans());
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ((*decoded)->id(), event->id());
}

}  // namespace
}  // namespace rig::cloudevents

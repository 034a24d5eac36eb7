#include "logic/gateway_event.hpp"

#include <gtest/gtest.h>

namespace rig::cloudevents {
namespace {

constexpr std::chrono::system_clock::time_point kTime{std::chrono::microseconds(1767323045678901)};

TEST(GatewayEvent, IsCompactJsonInAlphabeticalOrder) {
  EXPECT_EQ(
      gateway_event_json("rig.connection.create", R"({"connection_token":"abc"})", "5e0c", kTime),
      R"({"data":{"connection_token":"abc"},"id":"5e0c","source":"rig","specversion":"0.2",)"
      R"("time":"2026-01-02T03:04:05.678901+00:00","type":"rig.connection.create"})");
}

TEST(GatewayEvent, HasNoDataMemberWithoutData) {
  EXPECT_EQ(gateway_event_json("rig.session_killed", "", "1", kTime),
            R"({"id":"1","source":"rig","specversion":"0.2",)"
            R"("time":"2026-01-02T03:04:05.678901+00:00","type":"rig.session_killed"})");
}

TEST(GatewayEvent, IdsAreUuidsOfVersion4) {
  EXPECT_EQ(format_uuid({0, 0}), "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(format_uuid({UINT64_MAX, UINT64_MAX}), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(format_uuid({0x0123456789abcdefU, 0x0123456789abcdefU}),
            "01234567-89ab-4def-8123-456789abcdef");
}

}  // namespace
}  // namespace rig::cloudevents

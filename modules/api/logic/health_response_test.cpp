#include "logic/health_response.hpp"

#include <gtest/gtest.h>

namespace rig::api {
namespace {

TEST(Health, AliveIsPlainOk) {
  const auto response = alive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(response.body, "OK");
}

TEST(Health, ReadyOnlyWhileServing) {
  const struct {
    Phase phase;
    int status;
    const char* body;
  } cases[] = {
      {Phase::kStarting, 503, R"({"status":"starting"})"},
      {Phase::kServing, 200, R"({"status":"ready"})"},
      {Phase::kDraining, 503, R"({"status":"draining"})"},
      {Phase::kStopped, 503, R"({"status":"stopped"})"},
  };
  for (const auto& expected : cases) {
    const auto response = readiness(expected.phase);
    EXPECT_EQ(response.status, expected.status);
    EXPECT_EQ(response.body, expected.body);
    EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
  }
}

TEST(Health, PartsAreNamed) {
  const std::pair<std::string_view, HealthPart::State> parts[] = {
      {"bus", {.word = "connected", .is_ready = true}},
      {"map", {.word = "loading", .is_ready = true}},
  };
  const auto response = readiness(Phase::kServing, parts);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"ready","parts":{"bus":"connected","map":"loading"}})");
}

TEST(Health, PartThatIsNotReadyKeepsClientsAway) {
  const std::pair<std::string_view, HealthPart::State> parts[] = {
      {"bus", {.word = "connected", .is_ready = true}},
      {"map", {.word = "loading", .is_ready = false}},
  };
  EXPECT_EQ(readiness(Phase::kServing, parts).status, 503);
  EXPECT_EQ(readiness(Phase::kServing, parts).body,
            R"({"status":"not_ready","parts":{"bus":"connected","map":"loading"}})");
  EXPECT_EQ(readiness(Phase::kDraining, parts).body,
            R"({"status":"draining","parts":{"bus":"connected","map":"loading"}})");
}

}  // namespace
}  // namespace rig::api

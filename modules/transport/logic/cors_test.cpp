#include "logic/cors.hpp"

#include <gtest/gtest.h>

namespace rig::transport {
namespace {

std::string allowed(std::string_view setting, std::string_view origin, bool* varies = nullptr) {
  Headers request;
  if (!origin.empty()) request.add("Origin", origin);
  Headers response;
  Cors(setting).add_to(response, request);
  if (varies != nullptr) *varies = response.find("vary") == "origin";
  return std::string(response.find("access-control-allow-origin").value_or("none"));
}

TEST(Cors, OneValueIsSentAsItStands) {
  EXPECT_EQ(allowed("*", "https://a.example"), "*");
  EXPECT_EQ(allowed("https://b.example", "https://a.example"), "https://b.example");
}

TEST(Cors, OfSeveralOriginsTheAskingOneIsReflected) {
  bool varies = false;
  EXPECT_EQ(allowed("https://a.example, https://b.example", "https://b.example", &varies),
            "https://b.example");
  EXPECT_TRUE(varies);
  EXPECT_EQ(allowed("https://a.example,https://b.example", "https://c.example", &varies), "none");
  EXPECT_TRUE(varies);
  EXPECT_EQ(allowed("https://a.example,https://b.example", ""), "none");
}

TEST(Cors, EmptySettingAllowsNothing) { EXPECT_EQ(allowed(" , ", "https://a.example"), "none"); }

}  // namespace
}  // namespace rig::transport

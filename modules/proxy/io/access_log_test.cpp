#include "io/access_log.hpp"

#include "io/request_log.hpp"

#include <rig/core/env.hpp>
#include <rig/core/error.hpp>
#include <rig/metrics/test_registry.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace rig::proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AccessEntry entry() {
  AccessEntry e;
  e.client_ip = "192.0.2.1";
  e.method = "GET";
  e.target = "/";
  return e;
}

TEST(AccessLogConfig, IsOffByDefault) {
  EnvReader env({});
  const auto config = AccessLogConfig::from_env(env);
  EXPECT_EQ(config.format, AccessLogConfig::Format::kOff);
  EXPECT_EQ(config.sample, 1);
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(AccessLogConfig, SampleIsAShare) {
  for (const std::string share : {"0", "1", "0.25", "1e-3"}) {
    EnvReader env({{"RIG_ACCESS_LOG_SAMPLE", share}});
    EXPECT_EQ(AccessLogConfig::from_env(env).sample, std::stod(share));
    EXPECT_THAT(env.problems(), IsEmpty());
  }
  for (const std::string share : {"1.5", "-1", "x", "0.5x", "nan", "inf", " 1", ""}) {
    EnvReader env({{"RIG_ACCESS_LOG_SAMPLE", share}});
    (void)AccessLogConfig::from_env(env);
    EXPECT_THAT(env.problems(), ElementsAre(HasSubstr("RIG_ACCESS_LOG_SAMPLE must be"))) << share;
  }
}

TEST(AccessLog, FileThatCannotBeOpenedStopsTheStart) {
  metrics::TestRegistry registry(1);
  AccessLog log({.format = AccessLogConfig::Format::kJson, .file = "/no/such/folder/file"},
                registry);
  EXPECT_THROW(log.start(), StartupError);
}

TEST(AccessLog, LinesThatTheDiskHasNoRoomForAreCounted) {
  metrics::TestRegistry registry(1);
  AccessLog log({.format = AccessLogConfig::Format::kJson, .file = "/dev/full"}, registry);
  log.start();
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (registry.value("rig_access_log_dropped_total") < 1 &&
         std::chrono::steady_clock::now() < until) {
    log.write(entry());
    std::this_thread::yield();
  }
  EXPECT_GE(registry.value("rig_access_log_dropped_total"), 1);
}

class Sink final : public RequestLogSink {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "kafka"; }
  void write(RequestRecord) override {}
};

TEST(RequestLogConfig, WordsChooseWhereRequestsGo) {
  Sink sink;
  EnvReader env({{"REQUEST_LOG", " Console ,KAFKA, kafka,"}});
  const auto config = RequestLogConfig::from_env(env, {&sink});
  EXPECT_TRUE(config.has_console);
  EXPECT_THAT(config.sinks, ElementsAre(&sink));
  EXPECT_THAT(env.problems(), IsEmpty());
}

TEST(RequestLogConfig, EachWordThatNobodyTakesIsAProblem) {
  EnvReader env({{"REQUEST_LOG", "kafka,konsole"}});
  (void)RequestLogConfig::from_env(env, {});
  EXPECT_THAT(env.problems(), SizeIs(2));
}

}  // namespace
}  // namespace rig::proxy

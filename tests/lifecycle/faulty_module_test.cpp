// What the gateway does about a module that fails to start or does not want to stop. The program
// here is the gateway with one more module, linked as any module from outside would be.
#include "testkit/deadline.hpp"
#include "testkit/gateway.hpp"
#include "testkit/sse_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

namespace testkit {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kProgram = RIG_WITH_FAULTY_MODULE;

Environment with_fault(const std::string& fault) {
  return {{"RIG_FAULTY", fault}, {"RIG_STOP_TIMEOUT", "500ms"}, {"RIG_DRAIN_TIMEOUT", "500ms"}};
}

std::string output_of_failed_start(const std::string& fault) {
  ChildProcess program({kProgram}, default_settings(with_fault(fault)));
  EXPECT_EQ(program.wait_exit(), 1);
  expect_no_sanitizer_report(program);
  auto output = program.standard_output() + program.standard_error();
  EXPECT_THAT(output, Not(AnyOf(HasSubstr("terminate called"), HasSubstr("what():"),
                                HasSubstr("\"ready\""))));
  return output;
}

TEST(FaultyModule, ThatBehavesIsAModuleLikeAnyOther) {
  Gateway gateway(with_fault("none"), kProgram);
}

TEST(FaultyModule, ThatCannotBeCreatedSaysWhy) {
  EXPECT_THAT(output_of_failed_start("create"), HasSubstr("the file example.avsc does not exist"));
}

TEST(FaultyModule, ThatCannotStartSaysWhy) {
  EXPECT_THAT(output_of_failed_start("start"),
              HasSubstr("the broker at example.test does not answer"));
}

TEST(FaultyModule, ThatThrowsAnythingElseAtTheStartIsNamedToo) {
  EXPECT_THAT(output_of_failed_start("throw"),
              AllOf(HasSubstr("faulty"), HasSubstr("this was never meant to happen")));
}

TEST(FaultyModule, ThatNeverGetsReadyCanBeStopped) {
  ChildProcess program({kProgram}, default_settings(with_fault("hang_start")));
  ASSERT_TRUE(eventually(
      [&] { return program.standard_output().find("this module hangs") != std::string::npos; }));
  program.signal(SIGTERM);
  EXPECT_THAT(program.wait_exit().value_or(-1), AnyOf(0, 1, 2)) << program.standard_output();
  expect_no_sanitizer_report(program);
}

std::string output_of_late_end(const std::string& fault) {
  Gateway gateway(with_fault(fault), kProgram);
  SseClient client(gateway.inbound(), {"a"});
  gateway.process().signal(SIGTERM);
  client.expect_orderly_end();
  gateway.expect_exit(2);
  return gateway.process().standard_output() + gateway.process().standard_error();
}

TEST(FaultyModule, ThatNeverStopsIsNamedWithItsTasksAndLeftBehind) {
  EXPECT_THAT(output_of_late_end("hang_stop"),
              AllOf(HasSubstr("faulty"), HasSubstr("faulty.wait: 1")));
}

TEST(FaultyModule, ThatBlocksItsThreadIsNamedAndLeftBehind) {
  EXPECT_THAT(output_of_late_end("block_stop"), HasSubstr("faulty"));
}

TEST(FaultyModule, ThatThrowsWhileStoppingKeepsNobodyElseFromStopping) {
  Gateway gateway(with_fault("throw_stop"), kProgram);
  SseClient client(gateway.inbound(), {"a"});
  gateway.process().signal(SIGTERM);
  client.expect_orderly_end();
  EXPECT_THAT(gateway.process().wait_exit().value_or(-1), AnyOf(0, 2));
  gateway.expect_exit(gateway.process().wait_exit().value_or(-1));
  EXPECT_THAT(gateway.process().standard_output() + gateway.process().standard_error(),
              HasSubstr("this was never meant to happen"));
}

}  // namespace
}  // namespace testkit

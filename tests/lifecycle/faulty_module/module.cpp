// A module that misbehaves as RIG_FAULTY says, for the tests of what the gateway does about it.
#include <rig/core/env.hpp>
#include <rig/core/error.hpp>
#include <rig/core/log.hpp>
#include <rig/core/module.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>

#include <unistd.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace rig::faulty {
namespace {

namespace asio = boost::asio;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::string_view kFaults[] = {"none",       "create",    "start",      "throw",
                                        "hang_start", "hang_stop", "block_stop", "throw_stop"};
enum class Fault { kNone, kCreate, kStart, kThrow, kHangStart, kHangStop, kBlockStop, kThrowStop };

// Waits for ever, whoever asks it to end.
Task<> hang() {
  co_await asio::this_coro::throw_if_cancelled(false);
  Timer timer(co_await asio::this_coro::executor);
  while (true) {
    timer.expires_after(std::chrono::hours(1));
    co_await timer.async_wait(kUseTaskTuple);
  }
}

class FaultyModule final : public Module {
 public:
  FaultyModule(Fault fault, Executor executor) : fault_(fault), tasks_(executor, "faulty.wait") {}

  Task<> start() override {
    if (fault_ == Fault::kStart) throw StartupError("the broker at example.test does not answer");
    if (fault_ == Fault::kThrow) throw std::logic_error("this was never meant to happen");
    if (fault_ == Fault::kHangStart) {
      RIG_LOG(kWarn, "this module hangs");
      co_await hang();
    }
    if (fault_ == Fault::kHangStop) tasks_.spawn(hang());
  }

  Task<> stop(Deadline) override {
    if (fault_ == Fault::kThrowStop) throw std::logic_error("this was never meant to happen");
    tasks_.cancel();
    co_await tasks_.join();
    while (fault_ == Fault::kBlockStop) pause();
  }

 private:
  Fault fault_;
  TaskGroup tasks_;
};

std::unique_ptr<Module> create(ModuleContext& context) {
  const auto fault = static_cast<Fault>(
      context.env().choice({"RIG_FAULTY", "How this module misbehaves"}, kFaults, 0));
  if (fault == Fault::kCreate) throw StartupError("the file example.avsc does not exist");
  return std::make_unique<FaultyModule>(fault, context.shards().executor(0));
}

}  // namespace

extern constinit const Descriptor kModule;
constinit const Descriptor kModule{.name = "faulty",
                                   .needs = {},
                                   .provides = {},
                                   .collects = {},
                                   .contributes = {},
                                   .create = create};

}  // namespace rig::faulty

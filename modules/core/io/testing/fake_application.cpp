/// A program of three small modules for application_test.cpp: alpha provides a port, beta needs it
/// and contributes to a list, gamma collects that list. Each prints what happens to it; FAKE_FAULT
/// says what goes wrong with beta.

#include <rig/core/application.hpp>
#include <rig/core/env.hpp>
#include <rig/core/error.hpp>
#include <rig/core/module.hpp>
#include <rig/core/shard.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <unistd.h>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace rig;
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

/// One line on stdout: "alpha.start@0", the number being the shard.
void happened(std::string_view module, std::string_view what) {
  std::string line = std::string(module).append(".").append(what);
  if (current_shard() != kNoShard) line.append("@").append(std::to_string(current_shard()));
  line.append("\n");
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

/// Ends only when cancelled.
Task<> wait_for_ever() {
  Timer timer(co_await asio::this_coro::executor, Clock::time_point::max());
  co_await timer.async_wait(kUseTask);
}

Task<> ignore_everything() {
  co_await asio::this_coro::throw_if_cancelled(false);
  Timer timer(co_await asio::this_coro::executor, Clock::time_point::max());
  for (;;) co_await timer.async_wait(kUseTaskTuple);
}

class FakeModule final : public Module {
 public:
  FakeModule(std::string_view name, std::string fault) : name_(name), fault_(std::move(fault)) {
    happened(name_, "create");
  }
  ~FakeModule() override { happened(name_, "destroy"); }

  Task<> start() override { return act("start"); }
  Task<> drain(Deadline) override { return act("drain"); }
  Task<> stop(Deadline) override { return act("stop"); }

 private:
  Task<> act(std::string what) {
    happened(name_, what);
    if (!fault_.starts_with(what)) co_return;
    const std::string_view how = std::string_view(fault_).substr(what.size() + 1);
    if (how == "fails") throw StartupError("the broker\nis away");
    if (how == "throws") throw std::runtime_error("out of luck");
    if (how == "waits") co_await wait_for_ever();
    if (how == "hangs") co_await ignore_everything();
    if (how == "blocks") {
      for (;;) ::pause();
    }
  }

  std::string_view name_;
  std::string fault_;
};

struct AlphaPort {
  static constexpr std::string_view kPort = "alpha.port";
};
struct Item {
  static constexpr std::string_view kPort = "gamma.item";
};
constexpr PortKey kAlphaPort[] = {port<AlphaPort>()};
constexpr PortKey kItems[] = {port<Item>()};

AlphaPort alpha_port;
Item item;

std::unique_ptr<Module> create_alpha(ModuleContext& context) {
  context.provide(alpha_port);
  return std::make_unique<FakeModule>("alpha", "");
}

std::unique_ptr<Module> create_beta(ModuleContext& context) {
  std::string fault = context.env().text({"FAKE_FAULT", "What goes wrong"}, "");
  (void)context.need<AlphaPort>();
  context.contribute(item);
  if (fault == "create-fails") throw StartupError("FAKE_FAULT says that beta cannot be created");
  if (fault == "create-throws") throw std::runtime_error("out of luck");
  if (fault == "asks-for-more") (void)context.need<Item>();
  if (fault == "problem") context.env().problem("FAKE_FAULT", "is a problem");
  return std::make_unique<FakeModule>("beta", std::move(fault));
}

std::unique_ptr<Module> create_gamma(ModuleContext& context) {
  happened("gamma", "collects-" + std::to_string(context.collect<Item>().size()));
  return std::make_unique<FakeModule>("gamma", "");
}

constexpr Descriptor kAlpha{"alpha", {}, kAlphaPort, {}, {}, create_alpha};
constexpr Descriptor kBeta{"beta", kAlphaPort, {}, {}, kItems, create_beta};
constexpr Descriptor kGamma{"gamma", {}, {}, kItems, {}, create_gamma};
constexpr const Descriptor* kModules[] = {&kGamma, &kBeta, &kAlpha};

}  // namespace

int main(int argc, char** argv) {
  // With a first argument of its own the program has a plan that cannot work.
  const bool is_broken = argc > 1 && std::string_view(argv[1]) == "broken";
  if (is_broken) argv[1] = argv[0];
  const std::span<const Descriptor* const> all(kModules);
  return run_application({"fake", "1.2.3", "A program for tests"}, is_broken ? all.first(2) : all,
                         is_broken ? argc - 1 : argc, is_broken ? argv + 1 : argv);
}

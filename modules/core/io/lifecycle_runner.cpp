#include "io/lifecycle_runner.hpp"

#include "io/report.hpp"

#include <rig/core/assert.hpp>
#include <rig/core/build_info.hpp>
#include <rig/core/error.hpp>
#include <rig/core/lifecycle.hpp>
#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>
#include <rig/core/with_deadline.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>
#include <utility>

namespace rig::core {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

// A module may use its deadline to the end; only then it is late. Also what the main thread adds
// before it steps in, so that the orderly way comes first.
constexpr std::chrono::milliseconds kGrace{500};

/// Something that must be over at a certain time.
struct Step {
  const char* if_late;    ///< what to say then
  std::string_view name;  ///< of the module
  Clock::time_point until;
};

/// Members are the main thread's, unless they say otherwise.
class Runner {
 public:
  Runner(std::string_view program, Shards& shards, Lifecycle& lifecycle, CreatedModules modules,
         const Timeouts& timeouts)
      : program_(program),
        shards_(shards),
        lifecycle_(lifecycle),
        timeouts_(timeouts),
        modules_(std::move(modules)) {}

  int run();

 private:
  // On shard 0.
  static Task<> start_modules(Ref<Runner> self);
  static Task<> stop_modules(Ref<Runner> self, bool with_drain);
  static Task<> drain_module(Ref<Runner> self, std::size_t index, Deadline deadline);
  static Task<> stop_module(Ref<Runner> self, std::size_t index, Deadline deadline);
  void announce(Step step);
  void abort_start();

  // On the main thread.
  void wait_for_signal();
  void on_signal(int signal);
  void on_started(const std::exception_ptr& error);
  void begin_stop(bool with_drain);
  void on_stopped();
  void watch(Step step);
  [[noreturn]] void on_late() const;
  std::string describe(const std::exception_ptr& error) const;

  std::string_view program_;
  Shards& shards_;
  Lifecycle& lifecycle_;
  const Timeouts timeouts_;
  asio::io_context loop_{1};
  asio::basic_signal_set<Executor> signals_{loop_, SIGTERM, SIGINT};
  Timer watchdog_{loop_};
  Step step_{"program did not start in time", "core", Clock::time_point::max()};
  bool is_stopping_ = false;
  int exit_code_ = 0;
  std::thread finisher_;

  // Shard 0's from here on.
  CreatedModules modules_;
  std::size_t started_ = 0;  // modules whose start was called, whatever came of it
  bool is_starting_ = true;
  bool has_failed_to_stop_ = false;
  asio::cancellation_signal start_abort_;
};

[[noreturn]] void end_at_once() {
  log::shutdown();
  std::_Exit(2);  // threads that do not end cannot be joined
}

bool is_cancelled(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (const std::exception&) {
    return false;
  }
}

int Runner::run() {
  wait_for_signal();
  shards_.start();
  auto on_end = [this](const std::exception_ptr& error) {
    is_starting_ = false;
    asio::post(loop_, [this, error] { on_started(error); });
  };
  asio::co_spawn(shards_.executor(0), start_modules(Ref(*this)),
                 asio::bind_cancellation_slot(start_abort_.slot(), std::move(on_end)));
  loop_.run();
  finisher_.join();
  return exit_code_;
}

Task<> Runner::start_modules(Ref<Runner> self) {
  for (const CreatedModule& created : self->modules_.list) {
    ++self->started_;
    self->announce(
        {"module did not start in time", created.name, Clock::now() + self->timeouts_.start});
    co_await created.module->start();
  }
}

void Runner::on_started(const std::exception_ptr& error) {
  watchdog_.cancel();
  if (error) {
    if (!(is_stopping_ && is_cancelled(error))) {
      print_problem(program_, describe(error));
      exit_code_ = 1;
    }
    begin_stop(false);
  } else if (is_stopping_) {
    begin_stop(false);
  } else {
    lifecycle_.enter(Phase::kServing);
    RIG_LOG(kNotice, "ready", {"version", build_info().version}, {"shards", shards_.count()});
  }
}

std::string Runner::describe(const std::exception_ptr& error) const {
  try {
    std::rethrow_exception(error);
  } catch (const StartupError& e) {
    return e.what();
  } catch (const std::exception& e) {
    return std::string("module \"").append(step_.name).append("\" failed: ").append(e.what());
  }
}

void Runner::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    on_signal(signal);
    wait_for_signal();
  });
}

void Runner::on_signal(int signal) {
  const char* name = signal == SIGTERM ? "SIGTERM" : "SIGINT";
  if (std::exchange(is_stopping_, true)) {
    RIG_LOG(kError, "second signal: ending at once", {"signal", name});
    end_at_once();
  }
  RIG_LOG(kNotice, "stopping", {"signal", name});
  if (lifecycle_.phase() == Phase::kServing) {
    begin_stop(true);
  } else if (lifecycle_.phase() == Phase::kStarting) {
    step_.until = std::min(step_.until, Clock::now() + timeouts_.stop);
    watch(step_);
    shards_.post(0, [this] { abort_start(); });
  }
}

void Runner::abort_start() {
  if (is_starting_) start_abort_.emit(asio::cancellation_type::terminal);
}

void Runner::begin_stop(bool with_drain) {
  lifecycle_.enter(Phase::kDraining);
  asio::co_spawn(shards_.executor(0), stop_modules(Ref(*this), with_drain),
                 [this](const std::exception_ptr& error) {
                   asio::post(loop_, [this, error] {
                     RIG_ASSERT(error == nullptr);
                     on_stopped();
                   });
                 });
}

Task<> Runner::stop_modules(Ref<Runner> self, bool with_drain) {
  if (with_drain) {
    const Deadline deadline = Deadline::after(self->timeouts_.drain);
    for (std::size_t i = self->started_; i > 0; --i) co_await drain_module(self, i - 1, deadline);
  }
  const Deadline deadline = Deadline::after(self->timeouts_.stop);
  for (std::size_t i = self->started_; i > 0; --i) co_await stop_module(self, i - 1, deadline);
  if (self->has_failed_to_stop_) end_at_once();  // something of theirs may still run
  self->announce(
      {"modules were not destroyed in time", "all", Clock::now() + self->timeouts_.stop});
  self->modules_.destroy();
}

Task<> Runner::drain_module(Ref<Runner> self, std::size_t index, Deadline deadline) {
  const CreatedModule& created = self->modules_.list[index];
  const Deadline limit{std::max(deadline.at, Clock::now()) + kGrace};
  self->announce({"module did not drain in time", created.name, limit.at});
  std::string failure = "it took too long";
  try {
    if (co_await with_deadline(created.module->drain(deadline), limit)) failure.clear();
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) co_return;
  RIG_LOG(kError, "module did not drain in time", {"name", created.name}, {"reason", failure});
  asio::post(self->loop_, [self] { self->exit_code_ = 2; });
}

Task<> Runner::stop_module(Ref<Runner> self, std::size_t index, Deadline deadline) {
  const CreatedModule& created = self->modules_.list[index];
  self->announce(
      {"module did not stop in time", created.name, std::max(deadline.at, Clock::now()) + kGrace});
  try {
    co_await created.module->stop(deadline);
  } catch (const std::exception& error) {
    RIG_LOG(kError, "module failed to stop", {"name", created.name}, {"reason", error.what()});
    self->has_failed_to_stop_ = true;
  }
}

void Runner::on_stopped() {
  lifecycle_.enter(Phase::kStopped);
  watch({"shards did not finish in time", "all", Clock::now() + timeouts_.stop});
  finisher_ = std::thread([this] {
    shards_.finish();
    asio::post(loop_, [this] { loop_.stop(); });
  });
}

void Runner::announce(Step step) {
  asio::post(loop_, [this, step] { watch(step); });
}

void Runner::watch(Step step) {
  step_ = step;
  watchdog_.expires_at(step.until + kGrace);
  watchdog_.async_wait([this](const boost::system::error_code& error) {
    // The timer may have been set anew after this call was due.
    if (!error && Clock::now() >= watchdog_.expiry()) on_late();
  });
}

void Runner::on_late() const {
  const auto tasks = live_tasks();
  log::write(log::Level::kError, __FILE__, __LINE__, step_.if_late,
             {{"name", step_.name}, {"live_tasks", tasks.empty() ? "none" : tasks}});
  end_at_once();
}

}  // namespace

int run_modules(std::string_view program, Shards& shards, Lifecycle& lifecycle,
                CreatedModules modules, const Timeouts& timeouts) {
  Runner runner(program, shards, lifecycle, std::move(modules), timeouts);
  const int exit_code = runner.run();
  if (exit_code != 1) RIG_LOG(kNotice, "stopped");
  return exit_code;
}

}  // namespace rig::core

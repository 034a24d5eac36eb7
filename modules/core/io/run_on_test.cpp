#include <rig/core/run_on.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <thread>

namespace rig {
namespace {

namespace asio = boost::asio;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

Task<int> answer() { co_return 42; }

Task<int> answer_after_an_hour() {
  Timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
  co_await timer.async_wait(kUseTask);
  co_return 42;
}

class RunOn : public ::testing::Test {
 protected:
  ~RunOn() override {
    guard_.reset();
    thread_.join();
  }

  asio::io_context here_{1};
  asio::io_context there_{1};
  asio::executor_work_guard<Executor> guard_{there_.get_executor()};
  std::thread thread_{[this] { there_.run(); }};
};

TEST_F(RunOn, ReturnsTheResult) {
  int result = 0;
  asio::co_spawn(here_, run_on(there_.get_executor(), answer()),
                 [&](const std::exception_ptr&, int value) { result = value; });
  here_.run();
  EXPECT_EQ(result, 42);
}

TEST_F(RunOn, CancellationCrosses) {
  asio::cancellation_signal signal;
  std::exception_ptr outcome;
  asio::co_spawn(here_, run_on(there_.get_executor(), answer_after_an_hour()),
                 asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& error,
                                                                 int) { outcome = error; }));
  here_.poll();
  signal.emit(asio::cancellation_type::terminal);
  here_.run();
  EXPECT_NE(outcome, nullptr);
}

// Whoever is cancelled meanwhile, by a client that leaves or a stop, gets the end of it.
TEST_F(RunOn, CancellationAtTheMomentOfItsEnd) {
  int results = 0;
  for (int round = 0; round < 20'000; ++round) {
    asio::cancellation_signal signal;
    asio::co_spawn(here_, run_on(there_.get_executor(), answer()),
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](const std::exception_ptr&, int) { ++results; }));
    asio::post(here_, [&] { signal.emit(asio::cancellation_type::terminal); });
    here_.run();
    here_.restart();
  }
  EXPECT_EQ(results, 20'000);
}

}  // namespace
}  // namespace rig

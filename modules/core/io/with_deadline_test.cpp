#include <rig/core/with_deadline.hpp>

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace rig {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using std::chrono::hours;
using std::chrono::milliseconds;

struct Outcome {
  bool in_time = false;
  std::exception_ptr error;
};

/// What `with_deadline(task, deadline)` comes to. `cancel` ends the caller at once.
Outcome run(Task<> task, Deadline deadline, bool cancel = false) {
  asio::io_context context{1};
  std::optional<Outcome> outcome;
  asio::cancellation_signal signal;
  auto on_end = [&](const std::exception_ptr& error, bool in_time) {
    outcome = Outcome{in_time, error};
  };
  asio::co_spawn(context.get_executor(), with_deadline(std::move(task), deadline),
                 asio::bind_cancellation_slot(signal.slot(), std::move(on_end)));
  if (cancel) {
    context.poll();
    signal.emit(asio::cancellation_type::terminal);
  }
  context.run();
  return outcome.value();
}

Task<> wait_for(milliseconds time) {
  Timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(kUseTask);
}

Task<> do_nothing() { co_return; }

Task<> fail() {
  co_await wait_for(milliseconds(1));
  throw std::runtime_error("failed");
}

TEST(WithDeadline, TaskThatEndsInTimeIsTrue) {
  EXPECT_TRUE(run(wait_for(milliseconds(1)), Deadline::after(hours(1))).in_time);
}

TEST(WithDeadline, TaskThatTakesTooLongIsCancelledAndFalse) {
  const Outcome outcome = run(wait_for(hours(1)), Deadline::after(milliseconds(1)));
  EXPECT_FALSE(outcome.in_time);
  EXPECT_FALSE(outcome.error);
}

TEST(WithDeadline, TaskThatNeverWaitsIsInTimeEvenAfterTheDeadline) {
  EXPECT_TRUE(run(do_nothing(), Deadline::after(hours(-1))).in_time);
}

TEST(WithDeadline, WhatTheTaskThrowsComesOutAtOnce) {
  const Outcome outcome = run(fail(), Deadline::after(hours(1)));
  ASSERT_TRUE(outcome.error);
  EXPECT_THROW(std::rethrow_exception(outcome.error), std::runtime_error);
}

TEST(WithDeadline, CancellingTheCallerCancelsTheTask) {
  const Outcome outcome = run(wait_for(hours(1)), Deadline::after(hours(1)), true);
  ASSERT_TRUE(outcome.error);
  EXPECT_THROW(std::rethrow_exception(outcome.error), boost::system::system_error);
}

}  // namespace
}  // namespace rig

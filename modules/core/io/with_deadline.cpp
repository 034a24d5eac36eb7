#include <rig/core/with_deadline.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace rig {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

/// `||` waits for the first success: without this, a task that throws would be reported only when
/// the time is over, and as late. A cancelled timer is no success, so it cannot hide the task.
Task<std::exception_ptr> outcome_of(Task<> task) {
  try {
    co_await std::move(task);
  } catch (const std::exception&) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

Task<> sleep_until(Clock::time_point time) {
  Timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(kUseTask);
}

}  // namespace

Task<bool> with_deadline(Task<> task, Deadline deadline) {
  using asio::experimental::awaitable_operators::operator||;
  auto first = co_await (outcome_of(std::move(task)) || sleep_until(deadline.at));
  if (first.index() == 1) co_return false;
  if (const std::exception_ptr error = std::get<0>(first)) std::rethrow_exception(error);
  co_return true;
}

}  // namespace rig

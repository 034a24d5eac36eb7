#pragma once

#include <rig/core/task.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace rig {

/// Runs `task` on the thread of `executor` and returns its result on this one. A cancellation
/// crosses as a message, and may find the task over. (Asio of Boost 1.81 sends it with a pointer to
/// what is destroyed by then.)
template <class T>
Task<T> run_on(Executor executor, Task<T> task) {
  namespace asio = boost::asio;
  const auto there = std::make_shared<asio::cancellation_signal>();
  auto here = (co_await asio::this_coro::cancellation_state).slot();
  // Asio clears the slot when it goes on here.
  if (here.is_connected()) {
    here.assign([executor, there](asio::cancellation_type type) {
      asio::post(executor, [there, type] { there->emit(type); });
    });
  }
  co_return co_await asio::co_spawn(executor, std::move(task),
                                    asio::bind_cancellation_slot(there->slot(), kUseTask));
}

}  // namespace rig

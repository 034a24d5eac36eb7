#pragma once

#include <rig/core/task.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace rig {

/// Runs `task` on the thread of `executor` and returns its result on this one. Cancellation does
/// not cross: Asio (Boost 1.81) would let it, but by a pointer that is no longer good if the task
/// ends before the cancellation gets there.
template <class T>
Task<T> run_on(Executor executor, Task<T> task) {
  co_return co_await boost::asio::co_spawn(
      executor, std::move(task),
      boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), kUseTask));
}

}  // namespace rig

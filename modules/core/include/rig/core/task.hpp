#pragma once

/// The coroutine type of the gateway and what is spelled with its executor. One `io_context` per
/// shard, so the executor is the concrete type: no type erasure on each resume.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rig {

using Executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on the shard that spawned it. Parameters are values or `Ref<T>`.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

/// Await an Asio operation; throws on error. For start-up only.
inline constexpr boost::asio::use_awaitable_t<Executor> kUseTask{};

/// Await an Asio operation and get a tuple that starts with its error code.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> kUseTaskTuple{
    kUseTask};

}  // namespace rig

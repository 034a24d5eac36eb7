#pragma once

#include <rig/core/ref.hpp>
#include <rig/core/run_on.hpp>
#include <rig/core/task.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace rig {

/// A thread for what would hold up a shard: files, patterns by the thousand, libraries that block.
/// It does one job after the other, in the order in which they were given. What waits is bounded by
/// who asks: each of them waits for its own.
class Worker {
 public:
  ~Worker() { stop(); }

  void start() {
    guard_.emplace(context_.get_executor());
    thread_ = std::thread([this] { context_.run(); });
  }
  /// Does what was given and ends the thread. Safe to call twice, and without a start.
  void stop() {
    guard_.reset();
    if (thread_.joinable()) thread_.join();
  }

  /// What `job()` returns, on the shard of the caller.
  template <class Job>
  static Task<std::invoke_result_t<Job>> run(Ref<Worker> self, Job job) {
    // The caller waits for the job.
    co_return co_await run_on(self->context_.get_executor(), as_task(std::move(job)));
  }

 private:
  template <class Job>
  static Task<std::invoke_result_t<Job>> as_task(Job job) {
    co_return job();
  }

  boost::asio::io_context context_{1};
  std::optional<boost::asio::executor_work_guard<Executor>> guard_;
  std::thread thread_;
};

}  // namespace rig

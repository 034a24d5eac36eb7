#pragma once

#include <rig/core/task.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace rig {

/// Owns coroutines: whatever is spawned here is cancelled and joined before the group dies. It
/// belongs to one shard. It is the last member of its owner, so it is gone before what its children
/// use; destroying it while children live is a programmer's error and aborts.
class TaskGroup {
 public:
  /// `name` says what its tasks do, like "transport.accept", and lives as long as the process.
  TaskGroup(Executor executor, std::string_view name);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// False, and the task is dropped without running, once the group is cancelled. A task that ends
  /// by an exception is logged and counted in `unexpected_errors()`; only that task ends.
  bool spawn(Task<> task);

  void cancel();  ///< asks every child to end, and refuses new ones
  Task<> join();  ///< waits until no child is left

  [[nodiscard]] std::size_t size() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The groups that still have tasks, and how many, like "transport.accept: 1, kafka.poll: 2"; from
/// any thread. It is what a stop that hangs leaves in the log.
[[nodiscard]] std::string live_tasks();

/// What should be impossible happened and was contained: logs it and counts it.
void note_unexpected_error(std::string_view where, std::string_view reason) noexcept;

/// How often that was since the start of the process; zero in every healthy run.
[[nodiscard]] std::size_t unexpected_errors() noexcept;

}  // namespace rig

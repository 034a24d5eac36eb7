#include <rig/core/assert.hpp>
#include <rig/core/log.hpp>
#include <rig/core/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <vector>

namespace rig {
namespace asio = boost::asio;

namespace {

std::atomic<std::size_t> unexpected{0};

/// A cancelled wait is an ordinary end; everything else that leaves a coroutine is a defect.
void note_end(const std::exception_ptr& error) noexcept {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) return;
    note_unexpected_error("task", e.what());
  } catch (const std::exception& e) {
    note_unexpected_error("task", e.what());
  }
}

}  // namespace

void note_unexpected_error(std::string_view where, std::string_view reason) noexcept {
  unexpected.fetch_add(1, std::memory_order_relaxed);
  RIG_LOG(kError, "unexpected error", {"where", where}, {"reason", reason});
}

std::size_t unexpected_errors() noexcept { return unexpected.load(std::memory_order_relaxed); }

namespace {

/// How many tasks a group has, for other threads to read.
struct Census {
  std::string_view name;
  std::atomic<std::size_t> live{0};
};

/// Every group of the process. Locked when a group comes or goes, never when a task does.
class Groups {
 public:
  void add(const Census& group) {
    const std::lock_guard lock(mutex_);
    groups_.push_back(&group);
  }
  void remove(const Census& group) {
    const std::lock_guard lock(mutex_);
    std::erase(groups_, &group);
  }
  std::map<std::string_view, std::size_t> live() {
    const std::lock_guard lock(mutex_);
    std::map<std::string_view, std::size_t> tasks;
    for (const auto* group : groups_)
      if (const auto live = group->live.load(std::memory_order_relaxed); live > 0)
        tasks[group->name] += live;
    return tasks;
  }

 private:
  std::mutex mutex_;
  std::vector<const Census*> groups_;
};

Groups& groups() {
  static Groups all;
  return all;
}

}  // namespace

std::string live_tasks() {
  std::string text;
  for (const auto& [name, live] : groups().live())
    text.append(text.empty() ? "" : ", ").append(name).append(": ").append(std::to_string(live));
  return text;
}

struct TaskGroup::State {
  using Clock = std::chrono::steady_clock;

  State(Executor ex, std::string_view name)
      : executor(ex), census{.name = name}, empty(ex, Clock::time_point::max()) {
    groups().add(census);
  }
  ~State() { groups().remove(census); }

  Executor executor;
  Census census;
  std::list<asio::cancellation_signal> children;
  bool is_cancelled = false;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> empty;  // cancelled: joined
};

TaskGroup::TaskGroup(Executor executor, std::string_view name)
    : state_(std::make_shared<State>(executor, name)) {}

TaskGroup::~TaskGroup() { RIG_ASSERT(state_->children.empty()); }

bool TaskGroup::spawn(Task<> task) {
  if (state_->is_cancelled) return false;
  const auto child = state_->children.emplace(state_->children.end());
  state_->census.live.store(state_->children.size(), std::memory_order_relaxed);
  auto on_end = [state = state_, child](const std::exception_ptr& error) {
    note_end(error);
    state->children.erase(child);
    state->census.live.store(state->children.size(), std::memory_order_relaxed);
    if (state->children.empty()) state->empty.cancel();
  };
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(child->slot(), std::move(on_end)));
  return true;
}

void TaskGroup::cancel() {
  state_->is_cancelled = true;
  for (auto& child : state_->children) child.emit(asio::cancellation_type::terminal);
}

Task<> TaskGroup::join() {
  const auto state = state_;
  while (!state->children.empty()) co_await state->empty.async_wait(kUseTaskTuple);
}

std::size_t TaskGroup::size() const noexcept { return state_->children.size(); }

}  // namespace rig

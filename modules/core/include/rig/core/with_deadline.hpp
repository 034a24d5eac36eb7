#pragma once

#include <rig/core/deadline.hpp>
#include <rig/core/task.hpp>

namespace rig {

/// Runs `task` on the current shard for no longer than until `deadline`: then it is cancelled, and
/// the answer is false once it has ended. A task that is done without waiting is never late. What
/// the task throws comes out here, unless its time ran out. A task that ignores the cancellation is
/// waited for: the deadline is an offer to end, not an axe.
Task<bool> with_deadline(Task<> task, Deadline deadline);

}  // namespace rig

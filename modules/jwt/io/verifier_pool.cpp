#include "io/verifier_pool.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/time.h>

namespace rig::jwt {
namespace {

constexpr int kNicer = 10;

}  // namespace

bool give_way_to_shards() noexcept {
  const sched_param priority{.sched_priority = 0};
  // Linux: 0 is the calling thread, not its process.
  const bool is_batch = ::sched_setscheduler(0, SCHED_BATCH, &priority) == 0;
  const int nice = ::getpriority(PRIO_PROCESS, 0);
  return is_batch && ::setpriority(PRIO_PROCESS, 0, nice + kNicer) == 0;
}

}  // namespace rig::jwt

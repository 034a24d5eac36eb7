#pragma once
// What the kernel says about the server's process and about the machine (proc(5)).

#include <sys/types.h>

#include <cstdint>

#include "clock.hpp"

namespace rig::bench {

/// Memory of a process; zeros if there is none with that id.
struct ProcessMemory {
  std::uint64_t rss_bytes = 0;
  std::uint64_t pss_bytes = 0;  ///< as rss, shared pages divided by the number of their users
};

ProcessMemory process_memory(pid_t pid);

/// Clock readings; the difference of two says who used the machine between them.
struct Usage {
  Nanos wall{0};
  Nanos server_cpu{0};  ///< of all threads that live now (schedstat: on a core, user and system)
  Nanos own_cpu{0};
  Nanos machine_busy{0};  ///< of all cores together; resolution 10 ms

  /// Cores that were used by neither the server nor this program.
  double other_cores() const;

  Usage& operator+=(const Usage& more);
};

Usage usage_now(pid_t server);
Usage operator-(const Usage& later, const Usage& earlier);

/// True if `pid` is a process that can be looked at.
bool process_exists(pid_t pid);

}  // namespace rig::bench

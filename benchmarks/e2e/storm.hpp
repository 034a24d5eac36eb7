#pragma once
// Clients that come and go while others are served: a process of its own, so that the driver has
// time for those others. Each connects, waits for its confirmed subscription and leaves.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "socket.hpp"

namespace rig::bench {

/// What a storm has done, as it travels between the processes.
struct StormCounts {
  std::uint64_t started = 0;
  std::uint64_t welcomed = 0;  ///< the others were refused
  Nanos lasted{0};             ///< from the first connect to the last welcome
  Nanos welcome_p99{0};        ///< from the connect to the welcome
  Nanos cpu{0};                ///< of the process of the storm
};

/// The tokens of a file, a line each. Throws UsageError if it cannot be read or has none.
std::vector<std::string> read_tokens(const std::string& path);

class Storm {
 public:
  /// Starts the process, which waits. Before anything else is opened: it would be open there too.
  explicit Storm(const Options& options);
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;
  ~Storm();

  /// A storm of so many seconds begins. With tokens each client shows one that nobody has shown
  /// before, and it ends when there is none left.
  void begin(double seconds, bool with_tokens);
  /// What it has done, if it is over.
  std::optional<StormCounts> over();

 private:
  Socket orders_;   // to the process
  Socket reports_;  // from it
  pid_t process_ = -1;
};

}  // namespace rig::bench

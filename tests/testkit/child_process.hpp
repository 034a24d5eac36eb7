#pragma once

#include "deadline.hpp"
#include "temp_folder.hpp"

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace testkit {

using Environment = std::map<std::string, std::string>;

/// A program in a process group of its own, with exactly the environment that it is given (and the
/// sanitizers' options). It is killed with its group when this object or the test dies. What it
/// prints goes to files, so it can never block on a full pipe.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& arguments, const Environment& environment);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// The exit code, or 128 + the signal that ended it; nothing if it still runs at the deadline.
  [[nodiscard]] std::optional<int> wait_exit(Deadline deadline = Deadline{});
  [[nodiscard]] bool has_ended();

  [[nodiscard]] std::string standard_output() const;
  [[nodiscard]] std::string standard_error() const;

 private:
  TempFolder folder_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

}  // namespace testkit

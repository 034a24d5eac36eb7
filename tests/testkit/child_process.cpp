#include "child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace testkit {
namespace {

std::vector<std::string> environment_lines(Environment environment) {
  for (const char* passed_on :
       {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS",
        "UBSAN_SYMBOLIZER_PATH", "TSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH", "TSAN_SYMBOLIZER_PATH"}) {
    if (const char* value = std::getenv(passed_on)) environment.try_emplace(passed_on, value);
  }
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// Only calls that are safe between fork and exec in a process with threads.
[[noreturn]] void become(char* const* argv, char* const* envp, const char* out, const char* err) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int flags = O_WRONLY | O_CREAT | O_APPEND;
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(out, flags, 0600), STDOUT_FILENO);
  dup2(open(err, flags, 0600), STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  execve(argv[0], argv, envp);
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const Environment& environment) {
  auto argument_texts = arguments;
  auto environment_texts = environment_lines(environment);
  const auto argv = pointers(argument_texts);
  const auto envp = pointers(environment_texts);
  const std::string out = folder_.path() / "stdout";
  const std::string err = folder_.path() / "stderr";

  pid_ = fork();
  if (pid_ < 0) throw Failure(std::string("fork: ") + std::strerror(errno));
  if (pid_ == 0) become(argv.data(), envp.data(), out.c_str(), err.c_str());
  setpgid(pid_, pid_);  // here too: whoever comes first, the group exists when the constructor ends
}

ChildProcess::~ChildProcess() {
  if (has_ended()) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
  if (exit_code_) throw Failure("the program has ended, no signal can be sent to it");
  kill(pid_, number);
}

bool ChildProcess::has_ended() {
  if (exit_code_) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

std::optional<int> ChildProcess::wait_exit(Deadline deadline) {
  if (!eventually([this] { return has_ended(); }, deadline)) return std::nullopt;
  return exit_code_;
}

std::string ChildProcess::standard_output() const { return read_file(folder_.path() / "stdout"); }
std::string ChildProcess::standard_error() const { return read_file(folder_.path() / "stderr"); }

}  // namespace testkit

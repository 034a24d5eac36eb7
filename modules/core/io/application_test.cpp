#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern char** environ;

namespace rig {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Clock = std::chrono::steady_clock;
using Settings = std::map<std::string, std::string>;
constexpr std::chrono::seconds kPatience{60};

/// The program io/testing/fake_application.cpp, running; killed at the end of the test if it still
/// does.
class Program {
 public:
  explicit Program(const Settings& settings, const std::vector<std::string>& arguments = {}) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    EXPECT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(err.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    std::vector<std::string> words{RIG_FAKE_APPLICATION};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environment(settings);
    EXPECT_EQ(::posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                            pointers(variables).data()),
              0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  ~Program() {
    if (!exit_code_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const { ::kill(pid_, signal); }

  /// Reads until stdout holds `text`.
  void wait_for(std::string_view text) {
    while (out_text_.find(text) == std::string::npos && read_some()) {
    }
    ASSERT_THAT(out_text_, HasSubstr(std::string(text))) << err_text_;
  }

  /// Reads until both outputs are closed, and waits for the end; -1 if a signal ended it, ours
  /// included, which it gets when it does not end by itself.
  int exit_code() {
    while (read_some()) {
    }
    if (!exit_code_) {
      int status = 0;
      if (is_out_open_ || is_err_open_) send(SIGKILL);
      ::waitpid(pid_, &status, 0);
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    return *exit_code_;
  }

  [[nodiscard]] const std::string& out() const { return out_text_; }
  [[nodiscard]] const std::string& err() const { return err_text_; }
  /// What the modules printed, without the log.
  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> events;
    std::istringstream lines(out_text_);
    for (std::string line; std::getline(lines, line);) {
      if (line.find(' ') == std::string::npos) events.push_back(line);
    }
    return events;
  }
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<std::string> problems;
    std::istringstream lines(err_text_);
    for (std::string line; std::getline(lines, line);) problems.push_back(line);
    return problems;
  }

 private:
  static std::vector<std::string> environment(const Settings& settings) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (std::string_view(*entry).find("SAN_OPTIONS=") != std::string_view::npos)
        variables.emplace_back(*entry);
    }
    for (const auto& [name, value] : settings) variables.push_back(name + '=' + value);
    return variables;
  }
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (std::string& word : words) out.push_back(word.data());
    out.push_back(nullptr);
    return out;
  }

  /// Waits for more output; false when there will be none.
  bool read_some() {
    std::array<pollfd, 2> fds{pollfd{is_out_open_ ? out_ : -1, POLLIN, 0},
                              pollfd{is_err_open_ ? err_ : -1, POLLIN, 0}};
    if (!is_out_open_ && !is_err_open_) return false;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0 || ::poll(fds.data(), fds.size(), static_cast<int>(left.count())) <= 0) {
      ADD_FAILURE() << "the program does not go on:\n" << out_text_ << err_text_;
      return false;
    }
    if (fds[0].revents != 0) is_out_open_ = read_into(out_text_, out_);
    if (fds[1].revents != 0) is_err_open_ = read_into(err_text_, err_);
    return true;
  }
  static bool read_into(std::string& text, int fd) {
    std::array<char, 4096> buffer{};
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool is_out_open_ = true;
  bool is_err_open_ = true;
  std::string out_text_;
  std::string err_text_;
  std::optional<int> exit_code_;
  Clock::time_point deadline_ = Clock::now() + kPatience;
};

TEST(Application, ModulesStartInOrderAndDrainStopAndDieInReverse) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({{"RIG_SHARDS", "3"}});
    program.wait_for("[info] ready");
    program.send(signal);
    EXPECT_EQ(program.exit_code(), 0);
    EXPECT_THAT(
        program.events(),
        ElementsAre("alpha.create", "beta.create", "gamma.collects-1", "gamma.create",
                    "alpha.start@0", "beta.start@0", "gamma.start@0", "gamma.drain@0",
                    "beta.drain@0", "alpha.drain@0", "gamma.stop@0", "beta.stop@0", "alpha.stop@0",
                    "gamma.destroy@0", "beta.destroy@0", "alpha.destroy@0"));
    EXPECT_THAT(program.err(), IsEmpty());
    EXPECT_THAT(program.out(), HasSubstr("shards=3 [info] ready"));
    EXPECT_THAT(program.out(), HasSubstr("[info] stopped"));
  }
}

TEST(Application, StartThatFailsUnwindsWhatHadStarted) {
  Program program({{"FAKE_FAULT", "start-fails"}});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(program.events(),
              ElementsAre("alpha.create", "beta.create", "gamma.collects-1", "gamma.create",
                          "alpha.start@0", "beta.start@0", "beta.stop@0", "alpha.stop@0",
                          "gamma.destroy@0", "beta.destroy@0", "alpha.destroy@0"));
  EXPECT_THAT(program.problems(), ElementsAre("fake: cannot start: the broker\\nis away"));
  EXPECT_THAT(program.out(), Not(HasSubstr("ready")));
}

TEST(Application, AnyExceptionAtStartIsOneReadableLine) {
  Program start({{"FAKE_FAULT", "start-throws"}});
  EXPECT_EQ(start.exit_code(), 1);
  EXPECT_THAT(start.problems(),
              ElementsAre("fake: cannot start: module \"beta\" failed: out of luck"));

  Program create({{"FAKE_FAULT", "create-throws"}});
  EXPECT_EQ(create.exit_code(), 1);
  EXPECT_THAT(create.problems(),
              ElementsAre("fake: cannot start: module \"beta\" cannot be created: out of luck"));
}

TEST(Application, AllProblemsArePrintedTogetherAndNothingStarts) {
  Program program({{"FAKE_FAULT", "create-fails"}, {"RIG_SHARDS", "0"}, {"LOG_FMT", "xml"}});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(
      program.problems(),
      ElementsAre("fake: cannot start: RIG_SHARDS is \"0\", but must be a whole number from 1 to "
                  "256",
                  "fake: cannot start: LOG_FMT is \"xml\", but must be one of erlang, json, gcl",
                  "fake: cannot start: FAKE_FAULT says that beta cannot be created"));
  EXPECT_THAT(program.events(), ElementsAre("alpha.create", "gamma.collects-0", "gamma.create",
                                            "gamma.destroy", "alpha.destroy"));
}

TEST(Application, PortThatIsNotDeclaredStopsTheStart) {
  Program program({{"FAKE_FAULT", "asks-for-more"}});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(program.problems(),
              ElementsAre("fake: cannot start: module \"beta\" needs port \"gamma.item\", which "
                          "its descriptor does not declare"));
}

TEST(Application, PlanThatCannotWorkStopsTheStart) {
  for (const char* flag : {"", "--check", "--print-plan", "--print-settings"}) {
    std::vector<std::string> arguments{"broken"};
    if (*flag != 0) arguments.emplace_back(flag);
    Program program({}, arguments);
    EXPECT_EQ(program.exit_code(), 1) << flag;
    EXPECT_THAT(program.problems(),
                ElementsAre("fake: cannot start: module \"beta\" needs port \"alpha.port\", but no "
                            "module provides it"))
        << flag;
  }
}

TEST(Application, SettingThatWouldBeUnsafeToIgnoreStopsTheStart) {
  Program program({{"SUBSCRIPTION_CHECK", "jwt_validation"}, {"HTTPS_CERTFILE", "cert.pem"}});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(program.problems(),
              ElementsAre(HasSubstr("SUBSCRIPTION_CHECK"), HasSubstr("HTTPS_CERTFILE")));
}

TEST(Application, MisspeltAndUnsupportedSettingsAreWarnedOf) {
  Program program({{"RIG_SHARD", "1"}, {"KAFKA_BROKERS", "kafka:9092"}, {"LOG_FMT", "json"}});
  program.wait_for(R"("message":"ready")");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.out(),
              AllOf(HasSubstr(R"("severity":"warn","message":"RIG_SHARD is not a setting of RIG; )"
                              R"(did you mean RIG_SHARDS?")"),
                    HasSubstr("KAFKA_BROKERS has no effect")));
}

TEST(Application, ModuleThatHangsAtStopIsNamedAndEndsWithTwo) {
  for (const char* fault : {"stop-hangs", "stop-blocks"}) {
    Program program({{"FAKE_FAULT", fault}, {"RIG_STOP_TIMEOUT", "100ms"}});
    program.wait_for("ready");
    program.send(SIGTERM);
    EXPECT_EQ(program.exit_code(), 2) << fault;
    EXPECT_THAT(program.out(),
                HasSubstr("name=beta live_tasks=none [error] module did not stop in time"));
  }
}

TEST(Application, ModuleThatFailsToStopIsNamedAndEndsWithTwo) {
  Program program({{"FAKE_FAULT", "stop-throws"}});
  program.wait_for("ready");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.out(),
              HasSubstr("name=beta reason=\"out of luck\" [error] module failed to stop"));
  EXPECT_THAT(program.out(), HasSubstr("alpha.stop"));
}

TEST(Application, ModuleThatDoesNotDrainIsCancelledAndTheRestStopsInOrder) {
  Program program({{"FAKE_FAULT", "drain-waits"}, {"RIG_DRAIN_TIMEOUT", "1ms"}});
  program.wait_for("ready");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.out(), HasSubstr("name=beta reason=\"it took too long\" [error] module did "
                                       "not drain in time"));
  EXPECT_THAT(program.out(), AllOf(HasSubstr("alpha.drain@0"), HasSubstr("alpha.destroy@0")));
}

TEST(Application, ModuleThatFailsToDrainIsNamedAndTheRestStopsInOrder) {
  Program program({{"FAKE_FAULT", "drain-throws"}});
  program.wait_for("ready");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.out(), HasSubstr("reason=\"out of luck\" [error] module did not drain"));
  EXPECT_THAT(program.out(), HasSubstr("alpha.destroy@0"));
}

TEST(Application, ModuleThatIgnoresTheEndOfItsDrainEndsWithTwo) {
  Program program({{"FAKE_FAULT", "drain-hangs"}, {"RIG_DRAIN_TIMEOUT", "1ms"}});
  program.wait_for("ready");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.out(),
              HasSubstr("name=beta live_tasks=none [error] module did not drain in time"));
}

TEST(Application, ModuleThatHangsAtStartIsNamedAndEndsWithTwo) {
  for (const char* fault : {"start-hangs", "start-blocks"}) {
    Program program({{"FAKE_FAULT", fault}, {"RIG_START_TIMEOUT", "100ms"}});
    EXPECT_EQ(program.exit_code(), 2) << fault;
    EXPECT_THAT(program.out(),
                HasSubstr("name=beta live_tasks=none [error] module did not start in time"));
  }
}

TEST(Application, SecondSignalEndsAtOnce) {
  for (const char* fault : {"drain-waits", "stop-blocks"}) {
    Program program(
        {{"FAKE_FAULT", fault}, {"RIG_DRAIN_TIMEOUT", "1h"}, {"RIG_STOP_TIMEOUT", "1h"}});
    program.wait_for("ready");
    program.send(SIGTERM);
    program.wait_for(fault == std::string_view("drain-waits") ? "beta.drain" : "beta.stop");
    program.send(SIGINT);
    EXPECT_EQ(program.exit_code(), 2) << fault;
    EXPECT_THAT(program.out(), HasSubstr("signal=SIGINT [error] second signal: ending at once"));
  }
}

TEST(Application, SignalDuringStartUnwindsInOrder) {
  Program program({{"FAKE_FAULT", "start-waits"}});
  program.wait_for("beta.start");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.events(),
              ElementsAre("alpha.create", "beta.create", "gamma.collects-1", "gamma.create",
                          "alpha.start@0", "beta.start@0", "beta.stop@0", "alpha.stop@0",
                          "gamma.destroy@0", "beta.destroy@0", "alpha.destroy@0"));
  EXPECT_THAT(program.err(), IsEmpty());
}

TEST(Application, SignalDuringAStartThatHangsEndsWithTwo) {
  Program program({{"FAKE_FAULT", "start-hangs"}, {"RIG_STOP_TIMEOUT", "100ms"}});
  program.wait_for("beta.start");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 2);
  EXPECT_THAT(program.out(),
              HasSubstr("name=beta live_tasks=none [error] module did not start in time"));
}

TEST(Application, CheckSaysThatSettingsAreFine) {
  Program program({}, {"--check"});
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.out(), HasSubstr("settings are fine\n"));
  EXPECT_THAT(program.err(), IsEmpty());
  EXPECT_THAT(program.out(), Not(HasSubstr("start")));
}

TEST(Application, CheckPrintsWarningsAndEveryProblem) {
  Program program({{"RIG_SHARD", "1"},
                   {"NODE_COOKIE", "magiccookie"},
                   {"FAKE_FAULT", "problem"},
                   {"LOG_LEVEL", "loud"}},
                  {"--check"});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(
      program.problems(),
      ElementsAre(HasSubstr("fake: NODE_COOKIE has no effect"),
                  "fake: RIG_SHARD is not a setting of RIG; did you mean RIG_SHARDS?",
                  "fake: cannot start: LOG_LEVEL is \"loud\", but must be one of debug, info, "
                  "warn, error",
                  "fake: cannot start: FAKE_FAULT is a problem"));
  EXPECT_THAT(program.err(), Not(HasSubstr("magiccookie")));
}

TEST(Application, PrintedSettingsDoNotDependOnTheEnvironment) {
  Program plain({}, {"--print-settings"});
  Program other({{"RIG_SHARDS", "zero"}, {"FAKE_FAULT", "create-fails"}}, {"--print-settings"});
  EXPECT_EQ(plain.exit_code(), 0);
  EXPECT_EQ(other.exit_code(), 0);
  EXPECT_EQ(plain.out(), other.out());
  EXPECT_THAT(plain.out(), AllOf(HasSubstr("| `RIG_SHARDS` | integer |"), HasSubstr("## beta"),
                                 HasSubstr("| `FAKE_FAULT` | text |")));
}

TEST(Application, SettingsArePrintedAsJsonToo) {
  Program program({}, {"--print-settings=json"});
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.out(), HasSubstr(R"({"module": "beta", "name": "FAKE_FAULT", )"));
}

TEST(Application, PlanIsPrinted) {
  Program program({}, {"--print-plan"});
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.out(), AllOf(HasSubstr("1. alpha\n"), HasSubstr("2. beta\n"),
                                   HasSubstr("3. gamma\n"), HasSubstr("from beta\n")));
}

TEST(Application, VersionAndHelpAreAnswers) {
  Program version({}, {"--version"});
  EXPECT_EQ(version.exit_code(), 0);
  EXPECT_THAT(version.out(), testing::StartsWith("fake 1.2.3 ("));
  Program help({}, {"--help"});
  EXPECT_EQ(help.exit_code(), 0);
  EXPECT_THAT(help.out(), HasSubstr("A program for tests"));
}

TEST(Application, WrongFlagIsOneLine) {
  Program program({}, {"--port=4000"});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_THAT(program.problems(), ElementsAre(AllOf(HasSubstr("fake: "), HasSubstr("--help"))));
}

TEST(Application, LimitOfOpenFilesIsSaidAtInfo) {
  Program program({{"LOG_LEVEL", "info"}});
  program.wait_for("ready");
  program.send(SIGTERM);
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_THAT(program.out(), HasSubstr("open_files="));
}

}  // namespace
}  // namespace rig

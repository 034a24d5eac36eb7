#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace rig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A file that log lines go to; gone when the test ends.
class LogFile {
 public:
  LogFile() : fd_(::mkstemp(name_.data())) {}
  ~LogFile() {
    ::close(fd_);
    std::filesystem::remove(name_);
  }

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream file(name_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  std::string name_ = (std::filesystem::temp_directory_path() / "rig-log-XXXXXX").string();
  int fd_;
};

log::Options options(int fd, log::Level level, log::Format format) {
  log::Options o;
  o.level = level;
  o.format = format;
  o.fd = fd;
  return o;
}

TEST(Log, ShutdownWritesEveryLine) {
  const LogFile file;
  log::start(options(file.fd(), log::Level::kInfo, log::Format::kJson));
  for (int i = 0; i < 1000; ++i) RIG_LOG(kInfo, "counting", {"i", i});
  log::shutdown();
  const auto lines = file.lines();
  ASSERT_EQ(lines.size(), 1000U);
  EXPECT_THAT(lines[0], HasSubstr(R"("metadata":{"i":0})"));
  EXPECT_THAT(lines[999], HasSubstr(R"("metadata":{"i":999})"));
}

TEST(Log, LinesBelowTheLevelAreNotWrittenAndNoticesAlwaysAre) {
  const LogFile file;
  log::start(options(file.fd(), log::Level::kError, log::Format::kPlain));
  RIG_LOG(kDebug, "a");
  RIG_LOG(kInfo, "b");
  RIG_LOG(kWarn, "c");
  RIG_LOG(kError, "d");
  RIG_LOG(kNotice, "e");
  log::shutdown();
  EXPECT_THAT(file.lines(), ElementsAre(HasSubstr("[error] d"), HasSubstr("[info] e")));
}

TEST(Log, DebugLevelShowsEverything) {
  const LogFile file;
  log::start(options(file.fd(), log::Level::kDebug, log::Format::kPlain));
  RIG_LOG(kDebug, "a");
  log::shutdown();
  EXPECT_THAT(file.lines(), ElementsAre(HasSubstr("module=core [debug] a")));
}

TEST(Log, LinesOfManyThreadsAreWhole) {
  const LogFile file;
  log::start(options(file.fd(), log::Level::kInfo, log::Format::kPlain));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) RIG_LOG(kInfo, "the end", {"text", std::string(200, 'x')});
    });
  for (auto& thread : threads) thread.join();
  log::shutdown();
  const auto lines = file.lines();
  EXPECT_EQ(lines.size(), 2000U);
  for (const auto& line : lines) {
    EXPECT_TRUE(line.ends_with(std::string(200, 'x') + " [info] the end")) << line;
  }
}

TEST(Log, LineIsWrittenWithoutWaitingForTheNext) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  log::start(options(pipe[1], log::Level::kInfo, log::Format::kPlain));
  RIG_LOG(kInfo, "alone");
  pollfd readable{pipe[0], POLLIN, 0};
  ASSERT_EQ(::poll(&readable, 1, 60'000), 1);
  std::array<char, 256> buffer{};
  const auto count = ::read(pipe[0], buffer.data(), buffer.size());
  ASSERT_GT(count, 0);
  EXPECT_THAT(std::string(buffer.data(), static_cast<std::size_t>(count)),
              HasSubstr("[info] alone\n"));
  log::shutdown();
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(Log, WriterThatIsStuckMakesNobodyWaitAndLossIsCounted) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);  // nobody reads: full after 64 KiB
  const auto dropped_before = log::dropped();
  auto o = options(pipe[1], log::Level::kInfo, log::Format::kPlain);
  o.lines_max = 16;
  log::start(o);
  const std::string text(1000, 'x');
  for (int i = 0; i < 1000; ++i) RIG_LOG(kInfo, "too much", {"i", i}, {"text", text});
  // 64 KiB in the pipe, as much in the writer's hands, 16 lines in the queue: the rest is lost.
  EXPECT_GT(log::dropped(), dropped_before + 700);

  std::string read;
  std::thread reader([&] {  // frees the writer, so that shutdown can end it
    std::array<char, 65536> buffer{};
    while (read.find("i=999") == std::string::npos) {
      const auto count = ::read(pipe[0], buffer.data(), buffer.size());
      if (count <= 0) break;
      read.append(buffer.data(), static_cast<std::size_t>(count));
    }
  });
  log::shutdown();
  reader.join();
  EXPECT_THAT(read, HasSubstr("i=999"));  // the newest survive
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(Log, ReaderThatIsGoneIsNoEndOfTheProgram) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ::signal(SIGPIPE, SIG_IGN);
  ::close(pipe[0]);
  const auto dropped_before = log::dropped();
  log::start(options(pipe[1], log::Level::kInfo, log::Format::kPlain));
  RIG_LOG(kInfo, "nobody hears");
  log::shutdown();
  EXPECT_EQ(log::dropped(), dropped_before + 1);
  ::close(pipe[1]);
}

TEST(Log, BeforeStartAndAfterShutdownLinesGoToStderr) {
  testing::internal::CaptureStderr();
  RIG_LOG(kNotice, "early");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("[info] early\n"));

  const LogFile file;
  log::start(options(file.fd(), log::Level::kInfo, log::Format::kPlain));
  log::shutdown();
  testing::internal::CaptureStderr();
  RIG_LOG(kNotice, "late");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("[info] late\n"));
  EXPECT_THAT(file.lines(), IsEmpty());
}

TEST(Log, ThreadsMayLogDuringShutdown) {
  const LogFile file;
  log::start(options(file.fd(), log::Level::kInfo, log::Format::kPlain));
  testing::internal::CaptureStderr();  // takes what comes too late for the file
  std::atomic<bool> has_logged{false};
  std::atomic<bool> enough{false};
  std::thread busy([&] {
    for (; !enough; has_logged = true) RIG_LOG(kInfo, "busy");
  });
  while (!has_logged) std::this_thread::yield();
  log::shutdown();
  enough = true;
  busy.join();
  testing::internal::GetCapturedStderr();
  EXPECT_GT(file.lines().size(), 0U);
}

}  // namespace
}  // namespace rig

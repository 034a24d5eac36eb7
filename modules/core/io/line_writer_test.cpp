#include <rig/core/line_writer.hpp>

#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace rig::log {
namespace {

using std::chrono::milliseconds;

/// A pipe that somebody may read.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int in() const { return ends_[1]; }
  /// Until that many bytes have come.
  [[nodiscard]] std::string read(std::size_t size) const {
    std::string text;
    std::array<char, 65536> buffer{};
    while (text.size() < size) {
      const auto count = ::read(ends_[0], buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(LineWriter, WritesInOrderAndToTheEnd) {
  const Pipe pipe;
  {
    LineWriter writer(pipe.in(), 100);
    EXPECT_TRUE(writer.offer("one"));
    writer.post("two");
    writer.post("three", LineWriter::Urgency::kUrgent);
  }
  EXPECT_EQ(pipe.read(14), "one\ntwo\nthree\n");
}

TEST(LineWriter, WhatIsOfferedToAFullQueueIsRefused) {
  const Pipe pipe;  // nobody reads: full after 64 KiB
  LineWriter writer(pipe.in(), 16);
  const std::string line(99'999, 'x');
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += writer.offer(line) ? 1 : 0;
  EXPECT_GE(taken, 16);
  EXPECT_LT(taken, 100);
  EXPECT_EQ(writer.dropped(), 0);
  EXPECT_FALSE(writer.finish(LineWriter::Clock::now() + milliseconds(1)));

  // With a reader, all that was taken comes.
  const auto text = pipe.read(static_cast<std::size_t>(taken) * 100'000);
  EXPECT_EQ(std::ranges::count(text, '\n'), taken);
  EXPECT_TRUE(writer.finish(LineWriter::Clock::now() + std::chrono::minutes(1)));
  EXPECT_TRUE(writer.offer("again"));
}

TEST(LineWriter, ThreadsThatOfferAtOnceNeverOverrunTheQueue) {
  const Pipe pipe;
  LineWriter writer(pipe.in(), 4);
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10'000; ++j) taken += writer.offer("x") ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  const auto text = pipe.read(static_cast<std::size_t>(taken) * 2);
  EXPECT_EQ(std::ranges::count(text, '\n'), taken);
  EXPECT_EQ(writer.dropped(), 0);
}

TEST(LineWriter, LinesThatNobodyCanTakeAreCounted) {
  LineWriter writer(-1, 16);
  EXPECT_TRUE(writer.offer("lost"));
  EXPECT_TRUE(writer.finish(LineWriter::Clock::now() + std::chrono::minutes(1)));
  EXPECT_EQ(writer.dropped(), 1);
}

}  // namespace
}  // namespace rig::log

#include "logic/minute_window.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace rig::transport {
namespace {

TEST(MinuteWindow, IsExactAcrossThreads) {
  const MinuteWindow::Time minute{std::chrono::hours(500'000)};
  MinuteWindow window(1000);
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int attempt = 0; attempt < 500; ++attempt) admitted += window.admit(minute) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1000);
}

}  // namespace
}  // namespace rig::transport

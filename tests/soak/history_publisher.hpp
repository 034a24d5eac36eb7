#pragma once

#include "history_stage.hpp"

#include <atomic>
#include <thread>

namespace history {

/// Publishes events of random types, in bursts, at a node until that one is gone or it feels like
/// another one; then it is another source.
class Publisher {
 public:
  Publisher(Stage& stage, unsigned seed);
  ~Publisher() { stop(); }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void stop();

 private:
  void run();
  void publish_at(const Door& door);

  Stage& stage_;
  Random random_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace history

#pragma once

#include "history_stage.hpp"
#include "testkit/event_client.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace history {

/// A client that connects to some node, reads, loses its connection or leaves, and comes back with
/// its cursor to some node; now and then it begins anew. It ends when nothing is missing any more.
class Client {
 public:
  Client(Stage& stage, testkit::Transport transport, unsigned seed);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool is_done() const { return is_done_; }
  /// So much has come, ticks included. It rises.
  [[nodiscard]] std::size_t heard() const { return heard_; }
  /// It stops at the next thing that comes.
  void give_up() { is_over_ = true; }

  // After `join`.
  void join();
  /// What is wrong with what it saw, or empty.
  [[nodiscard]] std::string problem(const Truth& truth) const;
  /// What it did and was told, a line each.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }
  [[nodiscard]] std::size_t events() const;
  [[nodiscard]] std::size_t gaps() const;
  [[nodiscard]] std::size_t resumptions() const { return resumptions_; }

 private:
  void run();
  void act();
  bool connect();
  void leave(const std::string& why);
  void begin_anew();
  void take(const testkit::Received& received);
  void take_event(const testkit::Received& received);
  void note(const std::string& what);
  [[nodiscard]] bool chance(unsigned one_in) { return random_() % one_in == 0; }

  Stage& stage_;
  const testkit::Transport transport_;
  Random random_;
  std::unique_ptr<testkit::EventClient> connection_;
  Door door_;
  std::string cursor_;
  Mask mask_ = 0;
  std::vector<Life> lives_;
  std::vector<std::string> story_;
  std::string failure_;
  std::size_t resumptions_ = 0;
  std::atomic<std::size_t> heard_{0};
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

}  // namespace history

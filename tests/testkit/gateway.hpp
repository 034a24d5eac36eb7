#pragma once

#include "child_process.hpp"
#include "metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace testkit {

/// How much memory the gateway may hold that it has freed: a sanitizer keeps it back for a while.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TESTKIT_SANITIZED
#endif
#endif
#ifdef TESTKIT_SANITIZED
inline constexpr std::size_t kMemoryKeptBack = 512U << 20U;
#else
inline constexpr std::size_t kMemoryKeptBack = 0;
#endif

/// The lines of a JSON log whose `message` is this, as whole JSON texts.
[[nodiscard]] std::vector<std::string> log_lines(std::string_view log, std::string_view message);

/// Adds a test failure if the program printed a sanitizer's report.
void expect_no_sanitizer_report(const ChildProcess& program);

/// The settings that every test starts from: both doors on ports that the system chooses, a log
/// that machines can read, two shards (so that crossing them is always part of it).
[[nodiscard]] Environment default_settings(const Environment& changes = {});

/// The real gateway, started with `changes` to the default settings, ready when constructed. Its
/// end is part of each test: it must stop in order, without an unexpected error or a sanitizer's
/// report; what is wrong becomes a failure of the test.
class Gateway {
 public:
  explicit Gateway(const Environment& changes = {}, const std::string& program = program_path());
  ~Gateway();

  [[nodiscard]] static std::string program_path();

  [[nodiscard]] std::uint16_t inbound() const { return inbound_; }
  [[nodiscard]] std::uint16_t api() const { return api_; }
  [[nodiscard]] ChildProcess& process() { return process_; }

  [[nodiscard]] Metrics metrics() const { return Metrics::scrape(api_, api_token_); }
  [[nodiscard]] double metric(std::string_view name, const Metrics::Labels& labels = {}) const {
    return metrics().sum(name, labels);
  }
  /// The open file descriptors of the process.
  [[nodiscard]] std::size_t open_files() const;
  /// Resident memory in bytes.
  [[nodiscard]] std::size_t resident_memory() const;

  /// Checks that no unexpected error was counted, then stops the gateway by SIGTERM.
  void stop();
  /// For a test that signals the process itself: waits for the end and checks it.
  void expect_exit(int code);
  /// For a test that kills it: the destructor has nothing left to check.
  void kill_now();

 private:
  void await_ready();
  [[nodiscard]] std::uint16_t port_of(std::string_view door) const;

  ChildProcess process_;
  std::uint16_t inbound_ = 0;
  std::uint16_t api_ = 0;
  std::string api_token_;
  bool is_over_ = false;
};

}  // namespace testkit

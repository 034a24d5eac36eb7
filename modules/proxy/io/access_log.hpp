#pragma once

#include "io/counted_lines.hpp"
#include "logic/access_entry.hpp"

#include <rig/metrics/registry.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace rig {
class EnvReader;
}

namespace rig::proxy {

struct AccessLogConfig {
  enum class Format : std::uint8_t { kOff, kJson, kCombined };
  Format format = Format::kOff;
  std::string file;  ///< empty: standard output
  double sample = 1;

  static AccessLogConfig from_env(EnvReader& env);
};

/// The log of requests that are over, whoever answered them. On every shard; nobody waits for it.
class AccessLog {
 public:
  AccessLog(AccessLogConfig config, metrics::Registry& registry);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  [[nodiscard]] bool is_on() const noexcept {
    return config_.format != AccessLogConfig::Format::kOff;
  }
  [[nodiscard]] double sample() const noexcept { return config_.sample; }

  /// Opens the file; throws StartupError if it cannot. Before the first `write`.
  void start();
  void write(const AccessEntry& entry);

 private:
  const AccessLogConfig config_;
  metrics::Counter* dropped_ = nullptr;
  int file_ = -1;
  std::optional<CountedLines> lines_;
};

}  // namespace rig::proxy

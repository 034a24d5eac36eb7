#pragma once

#include <rig/core/log.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Starting and stopping the log: for the application. Modules only write (log.hpp).
namespace rig::log {

enum class Format : std::uint8_t {
  kPlain,  ///< `LOG_FMT=erlang`, the name that the first RIG gave it
  kJson,
  kGcl  ///< JSON with the names that Google Cloud Logging expects
};

/// Values of `LOG_LEVEL` and `LOG_FMT` in the order of the enumerators.
inline constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error"};
inline constexpr std::string_view kFormatNames[] = {"erlang", "json", "gcl"};

struct Options {
  Level level = Level::kWarn;  ///< the lowest that is shown; kNotice is shown always
  Format format = Format::kPlain;
  int fd = 1;                    ///< where lines go; not closed here
  std::size_t lines_max = 4096;  ///< lines that may wait for the writer; then the oldest is dropped
};

/// From here on lines go through the queue to the writer thread. Before, and after `shutdown`, they
/// go to stderr at once.
void start(const Options& options);

/// Writes out every waiting line and ends the writer thread. If the reader of the log does not take
/// the lines within two seconds, the rest is given up and the thread is left behind: the process is
/// about to end. Other threads may still log meanwhile.
void shutdown();

/// Lines lost since the start of the process, because they came faster than they could be written.
[[nodiscard]] std::uint64_t dropped() noexcept;

}  // namespace rig::log

#pragma once

#include "config.hpp"
#include "io/module_host.hpp"

#include <string_view>

namespace rig::core {

/// Starts the shards and the modules, serves until SIGTERM or SIGINT, drains, stops and destroys
/// them. Blocks the main thread, which meanwhile takes the signals and watches the time: no module
/// runs on it, so it can end the program even when a shard hangs.
///
/// Returns the exit code: 0 stopped in order, 1 could not start (the reason is on stderr, after
/// `program`), 2 stopped, but a module did not drain in time. Does not return when a module hangs
/// or a second signal comes: then the process ends at once with code 2 and a line that says why.
[[nodiscard]] int run_modules(std::string_view program, Shards& shards, Lifecycle& lifecycle,
                              CreatedModules modules, const Timeouts& timeouts);

}  // namespace rig::core

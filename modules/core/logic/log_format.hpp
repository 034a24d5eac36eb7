#pragma once

#include <rig/core/log.hpp>
#include <rig/core/log_setup.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace rig::log {

/// One log call. Everything is borrowed.
struct Line {
  std::chrono::system_clock::time_point time;
  std::chrono::seconds utc_offset{0};  ///< plain text shows local time, JSON always UTC
  Level level = Level::kInfo;
  std::string_view file;  ///< as the compiler names it; the module is taken from it
  int line_number = 0;
  std::string_view message;
  std::span<const Field> fields;
};

/// The text of one line, without its end. It never holds a line break or another control character,
/// and no value takes more than 4 KiB.
///
///   erlang  12:35:36.237 module=transport door=inbound [warn] cannot accept connections
///   json    {"time":"…Z","severity":"warn","message":"…","metadata":{"door":"inbound"}}
///   gcl     {"time":"…Z","severity":"WARNING","message":"…","door":"inbound",
///            "logging.googleapis.com/sourceLocation":{"file":"…","line":12}}
[[nodiscard]] std::string format(Format format, const Line& line);

}  // namespace rig::log

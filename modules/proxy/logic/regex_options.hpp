#pragma once

#include <re2/re2.h>

#include <cstdint>

namespace rig::proxy {

/// How patterns of paths are read. A normalised path is ASCII, so bytes are matched: programs of
/// UTF-8 are several times larger and find the same.
inline re2::RE2::Options regex_options(std::int64_t memory_max) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_max_mem(memory_max);
  return options;
}

}  // namespace rig::proxy

#pragma once
// A run in words: one JSON object for programs, one line for people.

#include <string>

#include "load_run.hpp"
#include "replay_run.hpp"

namespace rig::bench {

std::string to_json(const Options& options, const RunResult& result);
std::string to_line(const Options& options, const RunResult& result);

std::string to_json(const Options& options, const ReplayResult& result);
std::string to_line(const Options& options, const ReplayResult& result);

}  // namespace rig::bench

#include "io/report.hpp"

#include <rig/core/escape.hpp>

#include <cstdio>
#include <string>

namespace rig::core {

void print_remark(std::string_view program, std::string_view text) {
  const std::string line = std::string(program).append(": ").append(one_line(text)).append("\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void print_problem(std::string_view program, std::string_view why) {
  print_remark(program, std::string("cannot start: ").append(why));
}

}  // namespace rig::core

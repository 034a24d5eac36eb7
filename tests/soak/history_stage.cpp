#include "history_stage.hpp"

#include "testkit/deadline.hpp"

#include <cstdio>

namespace history {

void pause(Random& random, std::size_t milliseconds_max) {
  const std::chrono::milliseconds time(random() % milliseconds_max);
  (void)testkit::eventually([] { return false; }, testkit::Deadline(time));
}

void Doors::open(std::size_t node, Door door) {
  doors_[node] = std::uint64_t{door.incarnation} << 32U | std::uint64_t{door.inbound} << 16U |
                 std::uint64_t{door.api};
}

std::optional<Door> Doors::any(Random& random) const {
  const auto first = random() % doors_.size();
  for (std::size_t i = 0; i < doors_.size(); ++i) {
    const std::uint64_t word = doors_[(first + i) % doors_.size()];
    if (word == 0) continue;
    return Door{static_cast<std::uint16_t>(word >> 16U & 0xffffU),
                static_cast<std::uint16_t>(word & 0xffffU),
                static_cast<std::uint32_t>(word >> 32U)};
  }
  return std::nullopt;
}

std::string Stage::at(Clock::time_point time) const {
  std::array<char, 32> text{};
  const auto seconds = std::chrono::duration<double>(time - begin).count();
  (void)std::snprintf(text.data(), text.size(), "+%.3f ", seconds);
  return text.data();
}

std::string type_name(unsigned type) { return "type-" + std::to_string(type); }
std::string source_name(std::size_t source) { return "/source/" + std::to_string(source); }

}  // namespace history

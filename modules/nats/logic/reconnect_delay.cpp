#include "logic/reconnect_delay.hpp"

#include <algorithm>

namespace rig::nats {
namespace {

constexpr int kDoublingsMax = 5;  // beyond, the longest delay is reached
constexpr std::chrono::milliseconds kShortest{100};
constexpr std::chrono::milliseconds kLongest{2'000};

}  // namespace

std::chrono::milliseconds reconnect_delay(int rounds, double random) noexcept {
  const auto whole =
      std::min(kLongest, kShortest * (1 << std::clamp(rounds - 1, 0, kDoublingsMax)));
  const double part = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
  return std::chrono::milliseconds(
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace rig::nats

#pragma once
// Time as the driver sees it: nanoseconds of the steady clock. It also travels inside the events,
// so that a delivery knows when its event was meant to be sent.

#include <chrono>

namespace rig::bench {

using Nanos = std::chrono::nanoseconds;

inline Nanos now() { return std::chrono::steady_clock::now().time_since_epoch(); }

inline Nanos from_seconds(double seconds) {
  return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
}

inline double to_seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }
inline double to_millis(Nanos time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
inline double to_micros(Nanos time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace rig::bench

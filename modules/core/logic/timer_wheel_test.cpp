#include <rig/core/timer_wheel.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace rig {
namespace {

using std::chrono::milliseconds;

struct Probe : TimerWheel::Timer {
  Probe() : Timer([](Timer& timer) noexcept { ++static_cast<Probe&>(timer).fired; }) {}
  int fired = 0;
};

int ticks_until_fired(TimerWheel& wheel, const Probe& probe, int limit) {
  for (int tick = 1; tick <= limit; ++tick) {
    wheel.advance();
    if (probe.fired > 0) return tick;
  }
  return -1;
}

TEST(TimerWheel, FiresOnceAndNeverEarly) {
  for (const int delay : {0, 1, 249, 250, 251, 1000, 15000, 127999, 128000, 3600000}) {
    TimerWheel wheel;
    Probe probe;
    wheel.arm(probe, milliseconds(delay));
    const int ticks = ticks_until_fired(wheel, probe, 20000);
    // The tick in which a timer is armed may be nearly over: it counts for nothing.
    EXPECT_GE((ticks - 1) * TimerWheel::kTick, milliseconds(delay)) << delay;
    EXPECT_LE((ticks - 2) * TimerWheel::kTick, milliseconds(delay)) << delay;
    for (int i = 0; i < 1024; ++i) wheel.advance();
    EXPECT_EQ(probe.fired, 1);
    EXPECT_FALSE(probe.armed());
  }
}

TEST(TimerWheel, CancelledTimerDoesNotFire) {
  TimerWheel wheel;
  Probe probe;
  wheel.arm(probe, milliseconds(500));
  probe.cancel();
  probe.cancel();
  EXPECT_EQ(ticks_until_fired(wheel, probe, 100), -1);
}

TEST(TimerWheel, ArmingAgainReplacesTheOldTime) {
  TimerWheel wheel;
  Probe probe;
  wheel.arm(probe, milliseconds(250));
  wheel.arm(probe, milliseconds(2500));
  EXPECT_EQ(ticks_until_fired(wheel, probe, 100), 11);
}

TEST(TimerWheel, DestroyedTimerLeavesTheWheel) {
  TimerWheel wheel;
  auto probe = std::make_unique<Probe>();
  Probe other;
  wheel.arm(*probe, milliseconds(250));
  wheel.arm(other, milliseconds(250));
  probe.reset();
  EXPECT_GT(ticks_until_fired(wheel, other, 10), 0);
}

struct Chain : TimerWheel::Timer {
  Chain(TimerWheel& w, std::vector<std::unique_ptr<Probe>>& v)
      : Timer([](Timer& timer) noexcept { static_cast<Chain&>(timer).fire(); }),
        wheel(w),
        victims(v) {}
  void fire() {
    ++fired;
    victims.clear();
    if (fired < 3) wheel.arm(*this, milliseconds(0));
  }
  TimerWheel& wheel;
  std::vector<std::unique_ptr<Probe>>& victims;
  int fired = 0;
};

TEST(TimerWheel, FiringMayArmAgainAndDestroyOthersThatAreDue) {
  TimerWheel wheel;
  std::vector<std::unique_ptr<Probe>> victims;
  Chain chain(wheel, victims);
  wheel.arm(chain, milliseconds(0));
  for (int i = 0; i < 3; ++i) {
    victims.push_back(std::make_unique<Probe>());
    wheel.arm(*victims.back(), milliseconds(0));
  }
  wheel.advance();
  EXPECT_EQ(chain.fired, 1);
  wheel.advance();
  wheel.advance();
  EXPECT_EQ(chain.fired, 3);
  EXPECT_FALSE(chain.armed());
}

TEST(TimerWheel, OutlivesNoTimer) {
  Probe probe;
  {
    TimerWheel wheel;
    wheel.arm(probe, milliseconds(250));
  }
  EXPECT_FALSE(probe.armed());
}

}  // namespace
}  // namespace rig

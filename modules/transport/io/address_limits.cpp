#include "io/address_limits.hpp"

#include <rig/core/sharded.hpp>
#include <rig/core/timer_wheel.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <random>

namespace rig::transport {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSweepInterval{1000};
/// About a millisecond of work.
constexpr std::size_t kForgottenPerSweep = 4096;

std::uint64_t random_seed() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace

/// What one shard knows.
class AddressLimits::Part {
 public:
  Part(AddressLimits& of, ShardId shard)
      : table_(of.limits_, of.hash_),
        wheel_(of.shards_.wheel()),
        forgotten_(of.forgotten_),
        empty_(of.shards_.executor(shard), Clock::time_point::max()),
        sweep_(*this) {}

  bool connect(const Address& address) { return table_.connect(address); }

  void disconnect(const Address& address) {
    table_.disconnect(address, Clock::now());
    if (table_.connections() == 0) empty_.cancel();
    sweep_later(kSweepInterval);
  }

  TokenBucket::Wait request(const Address& address) {
    const auto wait = table_.request(address, Clock::now());
    if (const auto forgotten = table_.take_forgotten(); forgotten > 0) forgotten_.add(forgotten);
    sweep_later(kSweepInterval);
    return wait;
  }

  /// Until the last place has come back.
  static Task<> emptied(Ref<Part> self) {
    while (self->table_.connections() > 0) co_await self->empty_.async_wait(kUseTaskTuple);
  }

 private:
  struct Sweep : TimerWheel::Timer {
    explicit Sweep(Part& of)
        : Timer([](Timer& timer) noexcept { static_cast<Sweep&>(timer).part.sweep(); }), part(of) {}
    Part& part;
  };
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

  void sweep_later(std::chrono::milliseconds delay) {
    if (!sweep_.armed() && table_.size() > 0) wheel_.arm(sweep_, delay);
  }
  void sweep() noexcept {
    const bool is_done = table_.forget_idle(Clock::now(), kForgottenPerSweep);
    sweep_later(is_done ? kSweepInterval : TimerWheel::kTick);
  }

  AddressTable table_;
  TimerWheel& wheel_;
  metrics::Counter& forgotten_;
  Timer empty_;  // cancelled when the last place has come back
  Sweep sweep_;
};

struct AddressLimits::Parts : Sharded<Part> {
  using Sharded::Sharded;
};

AddressLimits::Place::~Place() {
  const auto give_back = [&of = of_, address = address_] {
    of.parts_->local().disconnect(address);
  };
  of_.shards_.post(of_.shard_of(address_), give_back);
}

AddressLimits::AddressLimits(const AddressTable::Limits& limits, Shards& shards,
                             metrics::Counter& forgotten)
    : limits_(limits),
      hash_(random_seed()),
      shards_(shards),
      forgotten_(forgotten),
      parts_(std::make_unique<Parts>(shards)) {}

AddressLimits::~AddressLimits() = default;

ShardId AddressLimits::shard_of(const Address& address) const noexcept {
  // By other bits than those that choose a place in the table.
  return static_cast<ShardId>((hash_(address) >> 32) % shards_.count());
}

Task<> AddressLimits::start() {
  const auto make = [this](ShardId shard) { return std::make_unique<Part>(*this, shard); };
  co_await parts_->start(make);
}

Task<> AddressLimits::stop() {
  co_await parts_->for_each(Part::emptied);
  co_await parts_->stop();
}

Task<std::unique_ptr<AddressLimits::Place>> AddressLimits::connect(Ref<AddressLimits> self,
                                                                   Address address) {
  const auto shard = self->shard_of(address);
  co_return co_await on_shard(Ref(self->shards_), shard, connect_here(self, address));
}

Task<std::unique_ptr<AddressLimits::Place>> AddressLimits::connect_here(Ref<AddressLimits> self,
                                                                        Address address) {
  if (!self->parts_->local().connect(address)) co_return nullptr;
  co_return std::make_unique<Place>(*self, address);
}

Task<TokenBucket::Wait> AddressLimits::request(Ref<AddressLimits> self, Address address) {
  const auto shard = self->shard_of(address);
  co_return co_await on_shard(Ref(self->shards_), shard, request_here(self, address));
}

Task<TokenBucket::Wait> AddressLimits::request_here(Ref<AddressLimits> self, Address address) {
  co_return self->parts_->local().request(address);
}

}  // namespace rig::transport

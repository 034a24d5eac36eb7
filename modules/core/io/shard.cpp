#include <rig/core/assert.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/socket.hpp>
#include <rig/core/timer_wheel.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace rig {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

using MailList = std::vector<std::unique_ptr<Mail>>;

/// What one turn of one shard sent to another: a node of the receiver's inbox.
struct Batch {
  MailList mail;
  Batch* next = nullptr;
};

/// Many shards push, one takes everything at once. A lock-free stack, turned around by the taker,
/// so that batches of one sender stay in order.
class Inbox {
 public:
  ~Inbox() { destroy(take()); }

  /// True if the inbox was empty: then its shard has to be woken.
  bool push(MailList mail) {
    waiting_.fetch_add(mail.size(), std::memory_order_relaxed);
    auto* batch = new Batch{std::move(mail)};
    // Once it is pushed, the batch is the taker's: what was below it is kept here.
    Batch* below = head_.load(std::memory_order_relaxed);
    do {
      batch->next = below;
    } while (!head_.compare_exchange_weak(below, batch, std::memory_order_release,
                                          std::memory_order_relaxed));
    return below == nullptr;
  }

  void run() noexcept {
    for (auto* batch = take(); batch != nullptr;) {
      for (const auto& mail : batch->mail) mail->run();
      waiting_.fetch_sub(batch->mail.size(), std::memory_order_relaxed);
      delete std::exchange(batch, batch->next);
    }
  }

  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_.load(std::memory_order_relaxed);
  }

 private:
  Batch* take() noexcept {
    Batch* newest = head_.exchange(nullptr, std::memory_order_acquire);
    Batch* oldest = nullptr;
    while (newest != nullptr) {
      Batch* next = std::exchange(newest->next, oldest);
      oldest = std::exchange(newest, next);
    }
    return oldest;
  }
  static void destroy(Batch* batch) noexcept {
    while (batch != nullptr) delete std::exchange(batch, batch->next);
  }

  std::atomic<Batch*> head_{nullptr};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace

struct Shards::Shard {
  explicit Shard(std::size_t shards) : outgoing(shards) { Socket::prepare(context.get_executor()); }

  // What is opened here is used by this shard's thread alone; only posts come from others.
  asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  std::optional<asio::executor_work_guard<Executor>> work{asio::make_work_guard(context)};
  TimerWheel wheel;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> ticker{
      context.get_executor()};
  std::atomic<Clock::duration> loop_lag{Clock::duration::zero()};
  Inbox inbox;
  // Of this shard's thread alone: what the current turn has posted, by receiver.
  std::vector<MailList> outgoing;
  bool flush_is_due = false;
  std::thread thread;

  void tick() {
    ticker.expires_at(
        std::max(ticker.expiry() + TimerWheel::kTick, Clock::now() - std::chrono::seconds(1)));
    ticker.async_wait([this](const boost::system::error_code& error) {
      if (error || !work) return;
      loop_lag.store(Clock::now() - ticker.expiry(), std::memory_order_relaxed);
      wheel.advance();
      tick();
    });
  }
};

struct Shards::State {
  std::vector<std::unique_ptr<Shard>> shards;
  std::size_t mailbox_max;

  void send(ShardId to, MailList mail) {
    Shard& target = *shards[to];
    if (target.inbox.push(std::move(mail)))
      asio::post(target.context, [&target] { target.inbox.run(); });
  }

  /// Each receiver gets what the turn posted as one batch.
  void flush(Shard& from) noexcept {
    for (std::size_t to = 0; to < from.outgoing.size(); ++to) {
      if (from.outgoing[to].empty()) continue;
      send(static_cast<ShardId>(to), std::exchange(from.outgoing[to], {}));
    }
  }
};

Shards::Shards(std::size_t count, std::size_t mailbox_max) : state_(std::make_unique<State>()) {
  RIG_ASSERT(count >= 1 && count <= kShardsMax);
  state_->mailbox_max = mailbox_max;
  for (std::size_t i = 0; i < count; ++i) state_->shards.push_back(std::make_unique<Shard>(count));
}

Shards::~Shards() {
  for (const auto& shard : state_->shards) RIG_ASSERT(!shard->thread.joinable());
}

std::size_t Shards::count() const noexcept { return state_->shards.size(); }

Executor Shards::executor(ShardId shard) const noexcept {
  return state_->shards[shard]->context.get_executor();
}

Shards::Load Shards::load(ShardId shard) const noexcept {
  const Shard& of = *state_->shards[shard];
  return Load{of.inbox.waiting(), of.loop_lag.load(std::memory_order_relaxed)};
}

TimerWheel& Shards::wheel() const noexcept {
  RIG_ASSERT(current_shard() < count());
  return state_->shards[current_shard()]->wheel;
}

bool Shards::accepts(ShardId shard) const noexcept {
  return state_->shards[shard]->inbox.waiting() < state_->mailbox_max;
}

void Shards::post_mail(ShardId shard, std::unique_ptr<Mail> mail) {
  RIG_ASSERT(shard < count());
  if (current_shard() >= count()) {
    MailList single;
    single.push_back(std::move(mail));
    state_->send(shard, std::move(single));
    return;
  }
  Shard& from = *state_->shards[current_shard()];
  from.outgoing[shard].push_back(std::move(mail));
  if (std::exchange(from.flush_is_due, true)) return;
  asio::post(from.context, [this, &from] {
    from.flush_is_due = false;
    state_->flush(from);
  });
}

void Shards::flush() noexcept {
  RIG_ASSERT(current_shard() < count());
  state_->flush(*state_->shards[current_shard()]);
}

void Shards::start() {
  for (std::size_t i = 0; i < count(); ++i) {
    Shard& shard = *state_->shards[i];
    shard.ticker.expires_at(Clock::now());
    shard.tick();
    shard.thread = std::thread([&shard, i] {
      detail::this_shard = static_cast<ShardId>(i);
      shard.context.run();
    });
  }
}

void Shards::finish() {
  for (const auto& shard : state_->shards) {
    asio::post(shard->context, [&shard = *shard] {
      shard.ticker.cancel();
      shard.work.reset();
    });
  }
  for (const auto& shard : state_->shards) {
    if (shard->thread.joinable()) shard->thread.join();
  }
}

}  // namespace rig

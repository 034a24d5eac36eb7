#include "io/catch_up.hpp"

#include "io/history_reader.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace rig::cluster {
namespace {

using cloudevents::LogPlace;
using subscriptions::HistoryRef;

constexpr std::size_t kBytesMax = std::size_t{256} << 20;
constexpr std::chrono::seconds kTryingMax{10};
constexpr std::chrono::milliseconds kPause{500};

}  // namespace

CatchUp::Timer::Timer(CatchUp& of) noexcept
    : TimerWheel::Timer(
          [](TimerWheel::Timer& timer) noexcept { static_cast<Timer&>(timer).owner.try_now(); }),
      owner(of) {}

CatchUp::CatchUp(Ref<Shards> shards, Ref<nats::Stream> stream, Ref<Fences> fences,
                 Ref<const Subjects> subjects, const cloudevents::FieldPlans& plans)
    : shards_(shards),
      stream_(stream),
      fences_(fences),
      subjects_(subjects),
      plans_(plans),
      here_(std::make_shared<Here>(this)),
      timer_(*this) {}

void CatchUp::stop() noexcept {
  timer_.cancel();
  here_->catch_up = nullptr;
}

void CatchUp::begin(Done done) {
  ++attempt_;
  done_ = std::move(done);
  deadline_ = Clock::now() + kTryingMax;
  timer_.cancel();
  try_now();
}

void CatchUp::try_now() {
  fences_->ask([here = here_, attempt = attempt_](std::optional<LogPlace> end) {
    CatchUp* self = here->catch_up;
    if (self == nullptr || self->attempt_ != attempt) return;
    if (!end) return self->try_again();
    self->read_upto(*end);
  });
}

/// The connection that streams are read by may come back later than the one that events come by.
void CatchUp::try_again() {
  if (Clock::now() >= deadline_) return finish(attempt_, nullptr);
  shards_->wheel().arm(timer_, kPause);
}

void CatchUp::read_upto(LogPlace end) {
  // Another stream than before knows nothing of the time before it.
  const bool is_same = end.log == last_.log;
  nats::StreamReading reading{
      end.log, {subjects_->all_events()}, is_same ? last_.position : 0, end.position, kBytesMax};
  stream_->read(std::move(reading),
                [here = here_, shards = shards_, attempt = attempt_, end, is_same,
                 &plans = plans_](std::optional<nats::StreamPart> part) {
                  HistoryRef history;
                  std::size_t bytes = 0;
                  if (part) part->is_complete = part->is_complete && is_same;
                  if (part) history = history_of(*std::move(part), end, plans, bytes);
                  shards->post(0, [here, attempt, history = std::move(history)]() mutable {
                    if (here->catch_up != nullptr)
                      here->catch_up->finish(attempt, std::move(history));
                  });
                });
}

void CatchUp::finish(std::uint64_t attempt, HistoryRef history) {
  if (attempt == attempt_ && done_) std::exchange(done_, nullptr)(std::move(history));
}

}  // namespace rig::cluster

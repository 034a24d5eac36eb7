#include "io/fences.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <iterator>
#include <utility>

namespace rig::cluster {
namespace {

/// A cursor is at most so much older than the events it stands for, plus the time of a fence.
constexpr std::chrono::seconds kTick{1};
constexpr std::uint64_t kAnswerTicks = 3;    // an answer takes no longer
constexpr int kLooksMax = 3;                 // then events go out unrecorded
constexpr std::uint64_t kIntervalTicks = 2;  // without questions

/// The sequence in what the server says about a message that was recorded.
std::optional<std::uint64_t> sequence_in(std::string_view answer) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(answer, error);
  const auto* object = error ? nullptr : parsed.if_object();
  const auto* sequence = object == nullptr ? nullptr : object->if_contains("seq");
  if (sequence == nullptr) return std::nullopt;
  const auto number = sequence->to_number<std::uint64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

}  // namespace

Fences::Timer::Timer(Fences& of) noexcept
    : TimerWheel::Timer(
          [](TimerWheel::Timer& timer) noexcept { static_cast<Timer&>(timer).owner.tick(); }),
      owner(of) {}

Fences::Fences(Ref<Shards> shards, Ref<nats::Link> link, Ref<nats::Stream> stream,
               Ref<const Subjects> subjects, std::function<void(cloudevents::LogPlace)> reached)
    : shards_(shards),
      link_(link),
      stream_(stream),
      subjects_(subjects),
      reached_(std::move(reached)),
      here_(std::make_shared<Here>(this)),
      timer_(*this) {}

Fences::~Fences() = default;

void Fences::stop() {
  timer_.cancel();
  here_->fences = nullptr;
  answer_all({});
}

void Fences::ask(Done done) {
  const bool is_hopeless = !link_->is_connected() || (id_ == 0 && !is_looking_);
  if (here_->fences == nullptr || is_hopeless) return done({});
  waiting_.push_back(std::move(done));
  if (!is_under_way_ && id_ != 0) send();
}

void Fences::connected() {
  ++round_;
  looks_ = 0;
  id_ = 0;
  is_under_way_ = false;
  look();
  if (!timer_.armed()) shards_->wheel().arm(timer_, kTick);
}

void Fences::look() {
  is_looking_ = true;
  ticks_ = 0;
  stream_->look([shards = shards_, here = here_, round = round_](std::optional<std::uint32_t> id) {
    shards->post(0, [here, round, id] {
      if (here->fences != nullptr) here->fences->found(round, id);
    });
  });
}

void Fences::found(std::uint64_t round, std::optional<std::uint32_t> id) {
  if (round != round_) return;
  is_looking_ = false;
  id_ = id.value_or(0);
  // Now it is recorded. The connection to the stream may be the later one to come back.
  if (id_ != 0 || ++looks_ >= kLooksMax) link_->send_kept();
  if (id_ == 0) return answer_all({});
  send();
}

void Fences::send() {
  is_under_way_ = true;
  ticks_ = 0;
  // Those that the last connection has not answered ask again.
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(asked_));
  waiting_.clear();
  const bool is_sent = link_->publish(
      {subjects_->fence(), subjects_->places() + std::to_string(++number_), std::string()});
  if (!is_sent) finish({});
}

bool Fences::is_current(std::string_view subject) const {
  return is_under_way_ && subject == subjects_->places() + std::to_string(number_);
}

void Fences::answered(std::string_view subject, std::string_view answer) {
  if (!is_current(subject)) return;
  const auto sequence = sequence_in(answer);
  if (!sequence) return finish({});
  const cloudevents::LogPlace place{id_, *sequence};
  reached_(place);
  has_reached_.store(true);
  finish(place);
}

void Fences::unanswered(std::string_view subject) {
  if (!is_current(subject)) return;
  id_ = 0;
  is_under_way_ = false;
  answer_all({});
}

void Fences::finish(std::optional<cloudevents::LogPlace> place) {
  is_under_way_ = false;
  ticks_ = 0;
  for (auto& done : std::exchange(asked_, {})) done(place);
  if (!waiting_.empty() && !is_under_way_ && id_ != 0) send();
}

void Fences::answer_all(std::optional<cloudevents::LogPlace> place) {
  auto all = std::exchange(asked_, {});
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(all));
  waiting_.clear();
  for (auto& done : all) done(place);
}

/// Fences go out also when nobody asks, so that the cursors of clients stay close to the end of the
/// stream; and what is not answered in time is given up.
void Fences::tick() {
  shards_->wheel().arm(timer_, kTick);
  ++ticks_;
  if (!link_->is_connected()) return answer_all({});
  if (is_looking_ && ticks_ >= kAnswerTicks) return answer_all({});
  if (is_looking_) return;
  if (id_ == 0) return look();
  if (is_under_way_ && ticks_ >= kAnswerTicks) finish({});
  if (!is_under_way_ && ticks_ >= kIntervalTicks) send();
}

}  // namespace rig::cluster

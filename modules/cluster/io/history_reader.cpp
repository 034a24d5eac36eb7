#include "io/history_reader.hpp"

#include "logic/placed_event.hpp"

#include <rig/cloudevents/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace rig::cluster {
namespace {

using cloudevents::LogPlace;
using subscriptions::History;
using subscriptions::HistoryRef;

constexpr std::size_t kBytesMax = std::size_t{64} << 20;       // of one reading
constexpr std::size_t kBytesHeldMax = std::size_t{256} << 20;  // of all that clients still read
/// To read more types one by one takes longer than to read all events and drop what is not wanted.
constexpr std::size_t kTypesMax = 8;

/// How far the client has got in the stream; nothing: it has a cursor of another one.
std::optional<std::uint64_t> seen_of(const cloudevents::LogPlaces& seen, std::uint32_t log) {
  const auto found = std::ranges::find(seen, log, &LogPlace::log);
  return found == seen.end() ? std::nullopt : std::optional(found->position);
}

}  // namespace

std::unique_ptr<History> history_of(nats::StreamPart part, LogPlace end,
                                    const cloudevents::FieldPlans& plans, std::size_t& bytes) {
  auto history = std::make_unique<History>(end);
  if (!part.is_complete) history->set_incomplete();
  for (auto& message : part.messages) {
    auto placed = read_placed(std::move(message.data));
    if (!placed) continue;
    auto event = cloudevents::decode_structured(std::move(placed->event), plans);
    if (!event) continue;
    bytes += (*event)->json().size();
    (*event)->set_origin(placed->place);
    (*event)->set_logged({{end.log, message.sequence}, message.seconds, {}});
    history->add(*std::move(event));
  }
  return history;
}

HistoryReader::HistoryReader(Ref<Shards> shards, Ref<nats::Stream> stream, Ref<Fences> fences,
                             Ref<subscriptions::EventExchange> exchange,
                             Ref<const Subjects> subjects)
    : shards_(shards),
      stream_(stream),
      fences_(fences),
      exchange_(exchange),
      subjects_(subjects),
      here_(std::make_shared<Here>(this)) {}

void HistoryReader::read(subscriptions::HistoryRequest request, Done done) {
  waiting_.push_back({std::move(request), std::move(done)});
  if (asked_.empty()) begin();
}

void HistoryReader::reached(LogPlace place) {
  if (std::exchange(is_broken_, false)) complete_since_ = place;
}

bool HistoryReader::is_complete_since(LogPlace place) const noexcept {
  return place.log != complete_since_.log || place.position >= complete_since_.position;
}

void HistoryReader::hold(bool is_held) {
  is_held_ = is_held;
  if (asked_.empty()) begin();
}

void HistoryReader::give_up() {
  ++round_;
  auto all = std::exchange(asked_, {});
  std::ranges::move(std::exchange(waiting_, {}), std::back_inserter(all));
  for (auto& question : all) question.done(nullptr);
}

void HistoryReader::begin() {
  if (is_held_ || waiting_.empty()) return;
  asked_ = std::exchange(waiting_, {});
  fences_->ask([here = here_, round = round_](std::optional<LogPlace> end) {
    HistoryReader* self = here->reader;
    if (self == nullptr || self->round_ != round) return;
    if (!end) return self->finish(nullptr);
    self->read_upto(*end);
  });
}

nats::StreamReading HistoryReader::reading_for(const Questions& questions, LogPlace end) const {
  nats::StreamReading reading{end.log, {}, end.position, end.position, 0};
  std::set<std::string> types;
  for (const auto& [request, done] : questions) {
    const auto seen = seen_of(request.seen, end.log);
    if (!seen) continue;
    reading.after = std::min(reading.after, *seen);
    types.insert(request.types->begin(), request.types->end());
  }
  if (types.size() > kTypesMax) {
    reading.subjects.push_back(subjects_->all_events());
  } else {
    for (const auto& type : types) reading.subjects.push_back(subjects_->event(type));
  }
  const std::size_t held = here_->bytes.load();
  reading.bytes_max = std::min(kBytesMax, kBytesHeldMax - std::min(kBytesHeldMax, held));
  return reading;
}

void HistoryReader::read_upto(LogPlace end) {
  // Who has a cursor of another stream gets no history.
  const auto has_other = [&](const Question& question) {
    return !seen_of(question.request.seen, end.log).has_value();
  };
  const auto others = std::ranges::partition(asked_, std::not_fn(has_other));
  for (auto& question : others) question.done(nullptr);
  asked_.erase(others.begin(), others.end());
  if (asked_.empty()) return finish(nullptr);
  auto reading = reading_for(asked_, end);
  const bool is_complete = is_complete_since({end.log, reading.after});
  stream_->read(std::move(reading),
                [here = here_, shards = shards_, round = round_, end, is_complete,
                 &plans = exchange_->field_plans()](std::optional<nats::StreamPart> part) {
                  HistoryRef history;
                  if (part) {
                    std::size_t bytes = 0;
                    part->is_complete = part->is_complete && is_complete;
                    auto made = history_of(*std::move(part), end, plans, bytes);
                    here->bytes.fetch_add(bytes);
                    const auto release = [here, bytes](const History* last) {
                      here->bytes.fetch_sub(bytes);
                      delete last;
                    };
                    history = HistoryRef(made.release(), release);
                  }
                  shards->post(0, [here, round, history = std::move(history)] {
                    HistoryReader* self = here->reader;
                    if (self != nullptr && self->round_ == round) self->finish(history);
                  });
                });
}

void HistoryReader::finish(const HistoryRef& history) {
  for (auto& question : std::exchange(asked_, {})) question.done(history);
  if (asked_.empty()) begin();
}

}  // namespace rig::cluster

#include "logic/event_log.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace rig::subscriptions {
namespace {

/// What an event costs beside its text: the object, its attributes, its entries in lists.
constexpr std::size_t kEventOverhead = 256;

std::size_t cost_of(const cloudevents::Event& event) noexcept {
  return event.json().size() + kEventOverhead;
}

}  // namespace

/// Early events are told apart by microseconds, with some room for those that came in the same one.
std::uint64_t EventLog::first_position(std::chrono::milliseconds early_for) noexcept {
  constexpr std::uint64_t kSpare = 1'000'000;
  if (early_for.count() == 0) return 0;
  return static_cast<std::uint64_t>(std::chrono::microseconds(early_for).count()) + kSpare;
}

EventLog::EventLog(LogLimits limits, Clock::time_point start, std::chrono::milliseconds early_for)
    : limits_(limits),
      start_(start),
      live_from_(first_position(early_for)),
      has_early_(live_from_ != 0),
      position_(live_from_) {}

EventLog::~EventLog() = default;

void EventLog::start(std::string_view name) {
  const auto hash = hash_of(name);
  if (find_type(types_, hash, name) != nullptr) return;
  Type& type = types_.insert(hash, std::make_unique<Type>(name));
  type.complete_since = position_;
  type.early_since = has_early_ ? 0 : position_;
}

void EventLog::stop(std::string_view name) {
  const auto hash = hash_of(name);
  Type* type = find_type(types_, hash, name);
  if (type == nullptr) return;
  while (!type->entries.empty()) pop(*type);
  oldest_first_.erase(type->place);
  types_.erase(hash, *type);
}

bool EventLog::records(std::string_view name) const noexcept {
  return find_type(types_, hash_of(name), name) != nullptr;
}

std::uint64_t EventLog::append(const cloudevents::EventRef& event, Clock::time_point now) {
  ++position_;
  Type* type = find_type(types_, hash_of(event->type()), event->type());
  if (type != nullptr) keep(*type, type->entries.cend(), {position_, now, event});
  return position_;
}

/// The shard of the one knew already that somebody wants the type, the shard of the other did not.
bool EventLog::came_after_a_live_one(const cloudevents::Event& event) const noexcept {
  const Type* type = find_type(types_, hash_of(event.type()), event.type());
  if (type == nullptr) return false;
  const auto live = std::ranges::upper_bound(type->entries, live_from_, {}, &Entry::position);
  return live != type->entries.end() && live->event->received() <= event.received();
}

std::uint64_t EventLog::append_early(const cloudevents::EventRef& event, Clock::time_point now) {
  if (live_from_ == 0 || came_after_a_live_one(*event)) return append(event, now);
  const auto since_start =
      std::chrono::duration_cast<std::chrono::microseconds>(event->received() - start_).count();
  auto position =
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(since_start, 1)), live_from_ - 1);
  while (!early_positions_.insert(position).second) {
    if (++position >= live_from_) return append(event, now);
  }
  Type* type = find_type(types_, hash_of(event->type()), event->type());
  if (type == nullptr) return position;
  const auto at =
      std::ranges::upper_bound(std::as_const(type->entries), position, {}, &Entry::position);
  keep(*type, at, {position, now, event});
  return position;
}

void EventLog::keep(Type& type, std::deque<Entry>::const_iterator at, Entry entry) {
  const std::size_t cost = cost_of(*entry.event);
  type.bytes += cost;
  bytes_ += cost;
  ++events_;
  if (at == type.entries.cbegin()) {
    oldest_first_.erase(std::exchange(type.place, entry.position));
    oldest_first_.emplace(type.place, &type);
  }
  type.entries.insert(at, std::move(entry));
  while (type.entries.size() > limits_.events_per_type || type.bytes > limits_.bytes_per_type)
    pop(type);
  while (bytes_ > limits_.bytes) pop(*oldest());
}

void EventLog::break_off() {
  ++position_;
  types_.for_each([this](Type& type) { type.complete_since = type.early_since = position_; });
}

void EventLog::expire(Clock::time_point now) {
  for (Type* type = oldest(); type != nullptr; type = oldest()) {
    if (now - type->entries.front().at <= limits_.age) return;
    pop(*type);
  }
}

void EventLog::pop(Type& type) {
  const Entry& first = type.entries.front();
  const std::size_t cost = cost_of(*first.event);
  type.early_since = first.position;
  if (first.position >= live_from_) type.complete_since = first.position;
  type.bytes -= cost;
  bytes_ -= cost;
  --events_;
  type.entries.pop_front();
  if (type.entries.empty()) std::deque<Entry>().swap(type.entries);
}

bool EventLog::is_complete(const Type& type, std::uint64_t after) const noexcept {
  return (after < live_from_ ? type.early_since : type.complete_since) <= after;
}

/// The type with the oldest entry, or null. Places that are out of date are put right on the way.
EventLog::Type* EventLog::oldest() {
  while (!oldest_first_.empty()) {
    const auto [place, type] = *oldest_first_.begin();
    const bool is_empty = type->entries.empty();
    if (!is_empty && type->entries.front().position == place) return type;
    oldest_first_.erase(oldest_first_.begin());
    type->place = is_empty ? 0 : type->entries.front().position;
    if (!is_empty) oldest_first_.emplace(type->place, type);
  }
  return nullptr;
}

EventLog::Page EventLog::read(std::span<const std::string> names, std::uint64_t after,
                              std::size_t events_max, std::size_t bytes_max) const {
  struct Reader {
    std::deque<Entry>::const_iterator at;
    std::deque<Entry>::const_iterator end;
  };
  const auto is_later = [](const Reader& a, const Reader& b) {
    return a.at->position > b.at->position;
  };
  Page page{{}, position_, true, after <= position_};
  std::vector<Reader> readers;
  for (const std::string& name : names) {
    const Type* type = find_type(types_, hash_of(name), name);
    if (type == nullptr || !is_complete(*type, after)) page.is_complete = false;
    if (type == nullptr) continue;
    const auto at = std::ranges::upper_bound(type->entries, after, {},
                                             [](const Entry& e) { return e.position; });
    if (at != type->entries.end()) readers.push_back({at, type->entries.end()});
  }
  std::ranges::make_heap(readers, is_later);
  std::size_t bytes = 0;
  while (!readers.empty()) {
    std::ranges::pop_heap(readers, is_later);
    Reader& first = readers.back();
    bytes += first.at->event->json().size();
    if (page.events.size() == events_max || (bytes > bytes_max && !page.events.empty())) {
      page.is_last = false;
      page.upto = first.at->position - 1;
      break;
    }
    page.events.push_back(first.at->event);
    if (++first.at == first.end) {
      readers.pop_back();
    } else {
      std::ranges::push_heap(readers, is_later);
    }
  }
  return page;
}

}  // namespace rig::subscriptions

#include "logic/poll_buffer.hpp"

#include "logic/ws_encoder.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rig::transport {

PollPlace PollPlace::parse(std::string_view text) {
  PollPlace place;
  const auto mark = text.find('~');
  place.cursor = text.substr(0, mark);
  if (mark == std::string_view::npos) return place;
  const auto digits = text.substr(mark + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), place.number);
  if (error != std::errc{} || end != digits.data() + digits.size()) place.number = 0;
  return place;
}

std::string PollPlace::text() const { return cursor + "~" + std::to_string(number); }

bool PollBuffer::has_room_for(std::size_t bytes) noexcept {
  const auto fits = [&] {
    return items_.size() < limits_.events_max && bytes_ + bytes <= limits_.bytes_max;
  };
  while (!fits() && pop_confirmed()) {
  }
  return fits() || items_.empty();
}

bool PollBuffer::has_room_for_page() noexcept {
  const auto fits = [&] {
    return items_.size() <= limits_.events_max / 2 && bytes_ <= limits_.bytes_max / 2;
  };
  while (!fits() && pop_confirmed()) {
  }
  return fits();
}

void PollBuffer::add(cloudevents::EventRef event, std::string cursor) {
  cursor_ = std::move(cursor);
  push(std::move(event), false);
}

void PollBuffer::add_notice(cloudevents::EventRef notice) {
  const bool is_repeated =
      !items_.empty() && items_.back().is_notice && items_.back().event->type() == notice->type();
  if (is_repeated && !has_room_for(notice->json().size())) {
    forget(items_.back());
    items_.pop_back();
  }
  push(std::move(notice), true);
}

void PollBuffer::push(cloudevents::EventRef event, bool is_notice) {
  bytes_ += event->json().size();
  items_.push_back({++last_, std::move(event), cursor_, is_notice});
}

void PollBuffer::forget(const Item& item) noexcept { bytes_ -= item.event->json().size(); }

bool PollBuffer::pop_confirmed() noexcept {
  if (items_.empty() || items_.front().number > confirmed_) return false;
  popped_ = items_.front().number;
  forget(items_.front());
  items_.pop_front();
  return true;
}

std::uint64_t PollBuffer::number_of(const PollPlace& place) const noexcept {
  return place.number <= last_ ? place.number : 0;
}

bool PollBuffer::has_after(const PollPlace& place) const noexcept {
  return last_ > number_of(place);
}

bool PollBuffer::has_lost(const PollPlace& place) const noexcept {
  return number_of(place) < popped_;
}

void PollBuffer::confirm(const PollPlace& place) noexcept {
  confirmed_ = std::max(confirmed_, number_of(place));
}

PollPage PollBuffer::read(const PollPlace& place, const cloudevents::EventRef& first) const {
  std::string events = "[";
  if (first != nullptr) events += first->json();
  for (const Item& item : items_) {
    if (item.number <= number_of(place)) continue;
    if (events.size() > 1) events += ',';
    const auto& json = item.event->json();
    events += with_cursors_ && !item.is_notice ? with_cursor(json, item.cursor) : json;
  }
  events += ']';
  const PollPlace after{cursor_, last_};
  return {after.text(), std::move(events)};
}

}  // namespace rig::transport

#include "model.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace soak {
namespace {

constexpr auto kNowhere = std::numeric_limits<std::uint32_t>::max();
/// So long before a client asks, an event must have been accepted to be none of its business: it
/// may still have been on its way when the subscriptions came into force.
constexpr std::chrono::seconds kOnItsWayMax{5};

std::string event(Number number) { return "event " + std::to_string(number); }

}  // namespace

unsigned class_of(Number number) {
  std::uint64_t x = number * 0x9e3779b97f4a7c15ULL;
  x ^= x >> 32U;
  x *= 0xd6e8feb86659fd93ULL;
  return static_cast<unsigned>(x >> 58U);
}

bool matches(Mask mask, Number number) { return (mask >> class_of(number) & 1U) != 0; }

Order::Order(std::vector<Number> in_order, std::vector<Published> published)
    : numbers_(std::move(in_order)),
      places_(published.size(), kNowhere),
      published_(std::move(published)) {
  for (std::size_t place = 0; place < numbers_.size(); ++place) {
    const auto number = numbers_[place];
    if (number >= places_.size()) {
      problem_ = event(number) + " was never published";
    } else if (std::exchange(places_[number], static_cast<std::uint32_t>(place)) != kNowhere) {
      problem_ = event(number) + " is there twice";
    }
  }
  for (Number number = 0; number < published_.size(); ++number) {
    const bool is_accepted = published_[number].accepted != Clock::time_point{};
    if (is_accepted && places_[number] == kNowhere) problem_ = event(number) + " is missing";
  }
}

std::string Order::problem() const { return problem_; }

std::size_t Order::place_of(Number number) const {
  if (number >= places_.size() || places_[number] == kNowhere) return size();
  return places_[number];
}

/// Walks through the order beside a life. Between two events that the client got, its subscriptions
/// may have changed, each time at some place that nobody knows; `phases_` are the sets that were in
/// force one after another. There must be places for the changes so that nothing is missing.
class Life::Check {
 public:
  explicit Check(const Order& order) : order_(order) {}

  void event(Number number) {
    const auto place = order_.place_of(number);
    if (place == order_.size()) return fail(soak::event(number) + " is not in the order");
    if (place < at_) return fail(soak::event(number) + " came twice or too late");
    advance_to(place);
    const auto mask = phases_.back().mask;
    if (!matches(mask, number)) return fail(soak::event(number) + " was not subscribed to");
    if (phases_.size() > 1 && phases_.front().mask == kNothing &&
        order_.published(number).accepted + kOnItsWayMax < phases_[1].asked)
      return fail(soak::event(number) + " is older than the subscription");
    phases_.assign(1, {mask, {}, Clock::time_point::min(), false});
    at_ = place + 1;
  }

  void confirmed(const Item& item) {
    phases_.push_back({item.mask, item.asked, item.received, item.has_cursor});
  }

  /// The cursor is that of the last event, or of a confirmation after it.
  void resumed(Mask mask) {
    while (phases_.size() > 1 && !phases_.back().has_cursor) phases_.pop_back();
    phases_.back().mask = mask;
  }

  void end() { advance_to(order_.size()); }

  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Phase {
    Mask mask;
    Clock::time_point asked;
    Clock::time_point received;  // in force for whatever was sent later
    bool has_cursor;
  };

  /// Nothing that the client did not get may have been for it.
  void advance_to(std::size_t place) {
    std::size_t earliest = 0;
    for (; at_ < place; ++at_) {
      const auto number = order_.at(at_);
      const auto sent = order_.published(number).sent;
      while (earliest + 1 < phases_.size() && phases_[earliest + 1].received < sent) ++earliest;
      while (earliest < phases_.size() && matches(phases_[earliest].mask, number)) ++earliest;
      if (earliest == phases_.size()) return fail(soak::event(number) + " is lost");
    }
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem) + " (place " + std::to_string(at_) + ")";
  }

  const Order& order_;
  std::size_t at_ = 0;
  std::vector<Phase> phases_{{kNothing, {}, Clock::time_point::min(), false}};
  std::string problem_;
};

std::size_t Life::events() const {
  return static_cast<std::size_t>(std::ranges::count(items_, Item::Kind::kEvent, &Item::kind));
}

std::string Life::problem(const Order& order) const {
  Check check(order);
  for (const Item& item : items_) {
    if (!check.problem().empty()) return check.problem();
    switch (item.kind) {
      case Item::Kind::kEvent: check.event(item.number); break;
      case Item::Kind::kConfirmed: check.confirmed(item); break;
      case Item::Kind::kResumed: check.resumed(item.mask); break;
    }
  }
  if (has_seen_the_end_ && check.problem().empty()) check.end();
  return check.problem();
}

}  // namespace soak

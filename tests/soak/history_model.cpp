#include "history_model.hpp"

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

namespace history {
namespace {

std::string name(std::size_t source, unsigned type, Number number) {
  return "event " + std::to_string(number) + " of type " + std::to_string(type) + " of source " +
         std::to_string(source);
}

}  // namespace

void Life::confirmed(Clock::time_point when) { confirmed_ = std::min(confirmed_, when); }

void Life::got(std::size_t source, unsigned type, Number number) {
  items_.push_back({source, type, number, gaps_.size()});
}

/// Walks along each row beside what came of it.
class Life::Check {
 public:
  Check(const Life& life, const Truth& truth)
      : life_(life), truth_(truth), rows_(truth.sources() * kTypes) {}

  std::string run(bool goes_on) {
    for (const auto& item : life_.items_) {
      take(item);
      if (!problem_.empty()) return problem_;
    }
    for (std::size_t source = 0; goes_on && source < truth_.sources(); ++source) {
      for (unsigned type = 0; type < kTypes; ++type) end(source, type);
    }
    return problem_;
  }

 private:
  struct Seen {
    Number next = 0;  ///< nothing below it may come any more
    bool has_begun = false;
    std::size_t gaps = 0;  ///< that had been told when the last one came
  };

  void take(const Item& item) {
    const auto what = name(item.source, item.type, item.number);
    if (item.source >= truth_.sources() ||
        item.number >= truth_.row(item.source, item.type).events.size())
      return fail(what + " was never published");
    if ((life_.mask_ >> item.type & 1U) == 0) return fail(what + " was not subscribed to");
    auto& seen = rows_[item.source * kTypes + item.type];
    if (item.number < seen.next && !began_anew(seen.gaps, item.gaps_before))
      return fail(what + " came twice or too late");
    pass(item.source, item.type, item.number, item.gaps_before);
    seen = {item.number + 1, true, item.gaps_before};
  }

  /// A node did, after so many gaps had been told and before so many.
  [[nodiscard]] bool began_anew(std::size_t from, std::size_t to) const {
    const auto gaps = std::span(life_.gaps_).subspan(from, to - from);
    return std::ranges::any_of(gaps, &Gap::is_anew);
  }

  void end(std::size_t source, unsigned type) {
    if ((life_.mask_ >> type & 1U) == 0) return;
    pass(source, type, truth_.row(source, type).promised, life_.gaps_.size());
  }

  /// Nothing from the last that came up to `number` may be missing.
  void pass(std::size_t source, unsigned type, Number number, std::size_t gaps) {
    const auto& seen = rows_[source * kTypes + type];
    const auto told = std::span(life_.gaps_).first(gaps);
    const auto last_anew = std::ranges::find_if(std::views::reverse(told), &Gap::is_anew);
    auto excused = last_anew == told.rend() ? Clock::time_point::min() : last_anew->told;
    if (gaps > seen.gaps) excused = told.back().told;
    const auto& events = truth_.row(source, type).events;
    for (auto missing = seen.next; missing < number; ++missing) {
      const auto& event = events[missing];
      if (event.accepted == Clock::time_point{} || event.sent <= excused) continue;
      if (seen.has_begun || event.sent > life_.confirmed_)
        return fail(name(source, type, missing) + " is lost");
    }
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  const Life& life_;
  const Truth& truth_;
  std::vector<Seen> rows_;
  std::string problem_;
};

std::string Life::problem(const Truth& truth, bool goes_on) const {
  return Check(*this, truth).run(goes_on);
}

}  // namespace history

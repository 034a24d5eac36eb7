#include "logic/regex_options.hpp"
#include "logic/route_tree.hpp"

#include <re2/set.h>

#include <algorithm>

namespace rig::proxy {
namespace {

// Below this it is cheaper to try one after the other.
constexpr std::size_t kSetFrom = 8;
constexpr std::int64_t kSetBytesMax = std::int64_t{32} << 20;

}  // namespace

struct PatternGroup::Set {
  re2::RE2::Set set{regex_options(kSetBytesMax), re2::RE2::ANCHOR_BOTH};
};

PatternGroup::PatternGroup() = default;
PatternGroup::~PatternGroup() = default;
PatternGroup::PatternGroup(PatternGroup&&) noexcept = default;
PatternGroup& PatternGroup::operator=(PatternGroup&&) noexcept = default;

void PatternGroup::add(std::uint32_t route, const RouteMatcher& matcher) {
  members_.push_back(Member{route, &matcher});
}

void PatternGroup::compile() {
  if (members_.size() < kSetFrom) return;
  auto set = std::make_unique<Set>();
  for (const auto& member : members_) {
    // Each compiled alone already.
    if (set->set.Add(member.matcher->pattern(), nullptr) < 0) return;
  }
  // Too large for one: they are tried one by one.
  if (set->set.Compile()) set_ = std::move(set);
}

std::uint32_t PatternGroup::find(std::string_view path, std::uint32_t limit,
                                 Captures& captures) const {
  if (members_.empty() || members_.front().route >= limit) return limit;
  if (set_ == nullptr) return find_one_by_one(path, limit, captures);
  std::vector<int> fitting;
  re2::RE2::Set::ErrorInfo error{};
  if (!set_->set.Match(re2::StringPiece(path.data(), path.size()), &fitting, &error))
    return error.kind == re2::RE2::Set::kNoError ? limit : find_one_by_one(path, limit, captures);
  const auto& member = members_[static_cast<std::size_t>(*std::ranges::min_element(fitting))];
  if (member.route >= limit) return limit;
  // Another time for its groups.
  return member.matcher->match(path, captures) ? member.route : limit;
}

std::uint32_t PatternGroup::find_one_by_one(std::string_view path, std::uint32_t limit,
                                            Captures& captures) const {
  for (const auto& member : members_) {
    if (member.route >= limit) break;
    Captures found;
    if (!member.matcher->match(path, found)) continue;
    captures = std::move(found);
    return member.route;
  }
  return limit;
}

}  // namespace rig::proxy

#include "verifier.hpp"

namespace rig::bench {

Verifier::Verifier(std::size_t subscribers, std::size_t publishers,
                   const std::vector<std::uint32_t>& first)
    : publishers_(publishers), next_(subscribers * publishers) {
  for (std::size_t stream = 0; !first.empty() && stream < next_.size(); ++stream) {
    next_[stream] = first[stream % publishers];
  }
}

Verdict Verifier::check(std::size_t subscriber, std::uint32_t wanted_key, const EventMark& mark) {
  if (mark.key != wanted_key || mark.publisher >= publishers_) {
    return Verdict::kMisrouted;
  }
  const std::size_t stream = subscriber * publishers_ + mark.publisher;
  std::uint32_t& next = next_[stream];
  if (mark.sequence == next) {
    ++next;
    return Verdict::kRight;
  }
  if (mark.sequence > next) {
    auto& skipped = skipped_[stream];
    while (next < mark.sequence) {
      skipped.insert(skipped.end(), next++);
    }
    ++next;
    return Verdict::kRight;
  }
  const auto skipped = skipped_.find(stream);
  const bool is_late = skipped != skipped_.end() && skipped->second.erase(mark.sequence) == 1;
  return is_late ? Verdict::kReordered : Verdict::kDuplicate;
}

}  // namespace rig::bench

#pragma once
// Decides for every delivery whether it is right. Each subscriber must get all events of its key,
// each once, and those of one publisher in the order in which they were sent; between publishers
// there is no order to keep.

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "event_text.hpp"

namespace rig::bench {

enum class Verdict { kRight, kDuplicate, kMisrouted, kReordered };

class Verifier {
 public:
  /// `first`: of each publisher the number of the event that is due first; empty: all begin at 0.
  Verifier(std::size_t subscribers, std::size_t publishers,
           const std::vector<std::uint32_t>& first = {});

  /// `subscriber` asked for events of `wanted_key` and got `mark`. kReordered: the first time, but
  /// after a later one.
  Verdict check(std::size_t subscriber, std::uint32_t wanted_key, const EventMark& mark);

 private:
  std::size_t publishers_;
  std::vector<std::uint32_t>
      next_;  // per subscriber and publisher: the sequence number that is due
  // Numbers that were passed over and may still come; empty while the server does its work.
  std::unordered_map<std::size_t, std::set<std::uint32_t>> skipped_;
};

}  // namespace rig::bench

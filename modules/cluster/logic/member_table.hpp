#pragma once

#include "logic/member.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// The other nodes that have been heard of lately. Time is that of whoever listens: the clocks of
/// nodes need not agree.
class MemberTable {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// More nodes are not taken in; see `Heard::kTooMany`.
  static constexpr std::size_t kNodesMax = 1'000;
  /// Who is silent for so long is gone: three words in a row were lost.
  static constexpr std::chrono::seconds kSilenceMax{7};

  enum class Heard : std::uint8_t {
    kNews,     ///< of a node that was there
    kJoined,   ///< it was not there before
    kLeft,     ///< it says that it goes
    kNothing,  ///< a node that goes was not there
    kTooMany,  ///< it was not taken in
  };
  Heard hear(Member member, Time now);

  /// Takes those out that are silent for too long, and returns them.
  std::vector<Member> expire(Time now);

  [[nodiscard]] bool contains(std::string_view id) const { return nodes_.contains(id); }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  /// In the order of their ids.
  [[nodiscard]] std::vector<Member> list() const;

 private:
  struct Entry {
    Member member;
    Time heard;
  };
  std::map<std::string, Entry, std::less<>> nodes_;
};

}  // namespace rig::cluster

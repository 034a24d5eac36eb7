#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What clients of a cluster may rely on while its nodes and links come and go.
namespace history {

using Clock = std::chrono::steady_clock;
/// Of an event among those of its source and type, from 0; its `id`.
using Number = std::uint32_t;

inline constexpr unsigned kTypes = 4;
/// A set of types, one bit for each.
using Mask = unsigned;

/// When an event was sent, and when it was accepted: not at all if that is the epoch; then nobody
/// knows whether it is in.
struct Stamp {
  Clock::time_point sent;
  Clock::time_point accepted;
};

/// The events of one type of one source, in order; a source publishes at one node.
struct Row {
  std::vector<Stamp> events;
  /// Those below it have to reach everybody. Not all, if the node died: then what nobody else has
  /// heard of may have died with it.
  Number promised = 0;
};

/// All that was published.
class Truth {
 public:
  explicit Truth(std::size_t sources) : rows_(sources * kTypes) {}

  [[nodiscard]] Row& row(std::size_t source, unsigned type) {
    return rows_[source * kTypes + type];
  }
  [[nodiscard]] const Row& row(std::size_t source, unsigned type) const {
    return rows_[source * kTypes + type];
  }
  [[nodiscard]] std::size_t sources() const { return rows_.size() / kTypes; }

 private:
  std::vector<Row> rows_;
};

/// What one client saw, from its first connection, without a cursor, on; it comes back with
/// cursors. Nothing of a source and type may come twice or out of order, unless a node began anew;
/// and nothing that was accepted may be left out between two events, or after the last one or the
/// subscription, unless a gap was told there after it was sent, or, later, that a node began anew:
/// that one shows what it has of the time before, and the next node has other things of it.
class Life {
 public:
  explicit Life(Mask mask) : mask_(mask) {}

  /// The subscriptions are in force; the first time counts.
  void confirmed(Clock::time_point when);
  void got(std::size_t source, unsigned type, Number number);
  /// It was told that something may be missing here, of what was sent before.
  /// `is_anew`: the node does not know where the client was, and begins with what it has.
  void gap(Clock::time_point when, bool is_anew = false) { gaps_.push_back({when, is_anew}); }

  [[nodiscard]] std::size_t events() const { return items_.size(); }
  [[nodiscard]] std::size_t gaps() const { return gaps_.size(); }
  /// What is wrong with it, or empty. A life that is over by its own choice misses nothing at its
  /// end.
  [[nodiscard]] std::string problem(const Truth& truth, bool goes_on) const;

 private:
  struct Item {
    std::size_t source;
    unsigned type;
    Number number;
    std::size_t gaps_before;
  };
  struct Gap {
    Clock::time_point told;
    bool is_anew;
  };
  class Check;

  Mask mask_;
  Clock::time_point confirmed_ = Clock::time_point::max();
  std::vector<Item> items_;
  std::vector<Gap> gaps_;
};

}  // namespace history

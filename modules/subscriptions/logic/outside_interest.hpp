#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace rig::subscriptions {

/// Which event types a node wants from the other nodes: those that any of its shards wants, and for
/// a grace afterwards. The grace is at least as long as the log records a type that nobody wants,
/// so that what the log gives to a client that comes back has the events of all nodes.
class OutsideInterest {
 public:
  using Types = std::vector<std::string>;

  explicit OutsideInterest(std::size_t grace_sweeps) : grace_sweeps_(grace_sweeps) {}

  /// One more shard wants these. Returns those that are to be asked for now.
  Types want(const Types& types);
  /// True if the others know of all of them.
  [[nodiscard]] bool are_noted(const Types& types) const;
  /// The others know of them.
  void note(const Types& types);
  /// One shard fewer wants these.
  void drop(const Types& types);

  /// Returns the types whose grace is over; they are forgotten.
  Types sweep();
  [[nodiscard]] bool has_idle() const noexcept { return idle_ != 0; }
  [[nodiscard]] std::size_t types() const noexcept { return types_.size(); }

 private:
  struct Type {
    std::size_t shards = 0;
    std::size_t idle_sweeps = 0;
    bool is_noted = false;
  };

  const std::size_t grace_sweeps_;
  boost::unordered_flat_map<std::string, Type> types_;
  std::size_t idle_ = 0;  // types that no shard wants
};

}  // namespace rig::subscriptions

#pragma once

#include "history_stage.hpp"
#include "testkit/cluster.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace history {

/// What may happen.
struct Perils {
  bool cuts = true;  ///< links are cut, reset, slow
  bool nats = true;  ///< the NATS server dies and comes back
};

/// Lets nodes die, stop and come back, breaks links, cuts sessions off, one thing at a time, and
/// checks that no node that serves has forgotten a session that is cut off.
class Chaos {
 public:
  Chaos(Stage& stage, std::size_t nodes, Perils perils, unsigned seed);

  /// One random thing, and a while.
  void step();
  /// Stops a node in order and starts it anew, as the next version would be.
  void replace(std::size_t node);
  /// Everything runs and is connected again, and all nodes refuse all sessions that are cut off.
  void settle();
  /// Tells all clients to look whether all is over.
  void tick();
  /// The nodes that died, or stopped without a connection, with whatever had not left them.
  [[nodiscard]] const std::set<std::uint32_t>& dead() const { return dead_; }
  /// What happened, a line each.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }
  /// What nodes did wrong, a line each.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  void open(std::size_t node);
  void start(std::size_t node);
  void kill(std::size_t node);
  void stop(std::size_t node);
  void break_link(std::size_t node);
  void restart_nats();
  void cut_off();
  void probe(std::size_t node);
  [[nodiscard]] bool refuses(std::size_t node, const std::string& session);
  [[nodiscard]] bool is_well(std::size_t node);
  [[nodiscard]] std::size_t running() const;
  void note(const std::string& what) { story_.push_back(stage_.now() + what); }

  Stage& stage_;
  const Perils perils_;
  Random random_;
  testkit::Cluster cluster_;
  std::vector<std::uint32_t> incarnations_;
  std::vector<bool> is_broken_;  // the links
  std::uint32_t next_incarnation_ = 1;
  std::set<std::uint32_t> dead_;
  std::vector<std::string> settled_;  // sessions that every node knows to be cut off
  std::vector<std::string> new_;      // those that it will know
  std::size_t sessions_ = 0;
  std::vector<std::string> story_;
  std::vector<std::string> problems_;
};

}  // namespace history

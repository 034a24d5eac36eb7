#pragma once

#include "history_model.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace history {

using Random = std::minstd_rand;

/// Waits for up to so long: the chance of who does something next.
void pause(Random& random, std::size_t milliseconds_max);

/// Where clients and publishers go. A node that is started anew has another incarnation.
struct Door {
  std::uint16_t inbound = 0;
  std::uint16_t api = 0;
  std::uint32_t incarnation = 0;
};

/// The doors of the nodes that run. One thread opens and closes them, any may ask.
class Doors {
 public:
  explicit Doors(std::size_t nodes) : doors_(nodes) {}

  void open(std::size_t node, Door door);
  void close(std::size_t node) { doors_[node] = 0; }
  [[nodiscard]] std::optional<Door> any(Random& random) const;

 private:
  std::vector<std::atomic<std::uint64_t>> doors_;  // a door in one word; 0: closed
};

/// What publishes at one incarnation of a node, over one connection. Its publisher fills it.
struct Source {
  std::atomic<std::uint32_t> incarnation{0};
  std::array<std::vector<Stamp>, kTypes> events;
  /// So many of them were heard of at other nodes.
  std::array<std::atomic<Number>, kTypes> out{};
};

/// What all that take part in a run share.
struct Stage {
  static constexpr std::size_t kSourcesMax = 512;

  explicit Stage(std::size_t nodes) : doors(nodes), sources(kSourcesMax) {}

  Doors doors;
  std::vector<Source> sources;
  std::atomic<std::size_t> next_source{0};
  /// Once nothing is published any more.
  std::atomic<const Truth*> truth{nullptr};
  const Clock::time_point begin = Clock::now();

  /// "+1.234 ", since the beginning.
  [[nodiscard]] std::string now() const { return at(Clock::now()); }
  [[nodiscard]] std::string at(Clock::time_point time) const;
};

[[nodiscard]] std::string type_name(unsigned type);
[[nodiscard]] std::string source_name(std::size_t source);

/// An event that tells clients to look whether all is over.
inline constexpr std::string_view kTick = "tick";

}  // namespace history

#pragma once

#include <rig/core/task.hpp>

#include <cstdint>

namespace rig {

/// What became of a change that other nodes were asked for.
enum class Agreement : std::uint8_t {
  kDone,         ///< all nodes have it, or will
  kChanged,      ///< another change was first; this node has merged it by now
  kUnavailable,  ///< nobody can be asked; it was most likely not made
};

/// Where changes of what all nodes know are written before they are in force. Whoever keeps such a
/// thing is given one if there are other nodes.
template <class Entry>
class Journal {
 public:
  /// Writes an entry that follows on what this node knows. On any shard; after some seconds at
  /// most. The node does not merge it by this.
  virtual Task<Agreement> write(Entry entry) = 0;
  /// This node knows something new of its own accord, as from a file: the others are told, now or
  /// when they can be reached. On any thread.
  virtual void note_news() noexcept = 0;

 protected:
  ~Journal() = default;
};

}  // namespace rig

#pragma once

#include <cstdint>

namespace rig::sessions {

/// What came of a change of the blacklist.
enum class BlacklistChange : std::uint8_t {
  kDone,     ///< on this node, and on all others
  kRefused,  ///< nothing was done: see the call
  kAlone,    ///< the other nodes cannot be told now: see the call
};

}  // namespace rig::sessions

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace rig::sessions {

/// Longer names are in no session: nobody could put them on the blacklist.
inline constexpr std::size_t kSessionNameBytesMax = 1024;

/// One entry of the blacklist, as nodes exchange it. It outlives its effect: an entry that was
/// lifted, or replaced by a shorter one, is remembered for as long as a node may still know the
/// older one, so that nobody can bring that back.
struct BlacklistEntry {
  std::string session;
  std::chrono::sys_seconds until;             ///< cut off until then, if it is not lifted
  std::chrono::sys_seconds remembered_until;  ///< at least `until`
  std::uint64_t version = 0;                  ///< rises when the session is let in again
  bool is_lifted = false;
  bool operator==(const BlacklistEntry&) const = default;
};

}  // namespace rig::sessions

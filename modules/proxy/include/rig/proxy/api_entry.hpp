#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace rig::proxy {

/// One change of one API, as nodes exchange it. What is deleted leaves an entry that is not active,
/// so that nobody can bring it back by what they knew before.
struct ApiEntry {
  using Time = std::chrono::sys_time<std::chrono::microseconds>;

  std::string id;
  std::uint64_t ref_number = 0;  ///< how often the API was changed
  Time timestamp;                ///< when it was last
  std::string node;              ///< where
  std::string change;            ///< a random name of this change, `phx_ref`
  bool active = true;
  std::string definition;  ///< JSON as given, without defaults and bookkeeping; empty: deleted
  bool operator==(const ApiEntry&) const = default;
};

}  // namespace rig::proxy

#pragma once

#include <string>
#include <vector>

namespace rig::access {

/// A claim that a token must have: one of some texts or numbers, or an array that has one of them,
/// or, in `scope` and `scp`, words of which one is among them (RFC 8693, 4.2).
struct RequiredClaim {
  std::string pointer;              ///< where it is: a JSON pointer (RFC 6901)
  std::vector<std::string> any_of;  ///< as JSON writes numbers; empty: any but null and false
  std::string name;                 ///< what clients are told that they lack
  bool operator==(const RequiredClaim&) const = default;
};
using RequiredClaims = std::vector<RequiredClaim>;  ///< all of them

}  // namespace rig::access

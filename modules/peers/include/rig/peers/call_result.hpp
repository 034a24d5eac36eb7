#pragma once

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace rig::peers {

/// Why a call was not answered.
enum class CallFailure : std::uint8_t {
  kNoSuchNode,   ///< it is gone
  kUnreachable,  ///< this node has no connection to others at the moment
  kTimedOut,     ///< it may have done what it was asked for
  kRefused,      ///< it has too much to do, does not know the service, or does not offer it now
  kTooLarge,     ///< more than `kCallBytesMax`
};
inline constexpr std::size_t kCallBytesMax = 512U << 10U;

/// The answer of a node; as large as it is.
using CallResult = boost::system::result<std::string, CallFailure>;

}  // namespace rig::peers

#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace rig {

using ShardId = std::uint16_t;
inline constexpr std::size_t kShardsMax = 256;
inline constexpr ShardId kNoShard = kShardsMax;  ///< what `current_shard()` is on any other thread
using ShardSet = std::bitset<kShardsMax>;

namespace detail {
inline thread_local ShardId this_shard = kNoShard;
}

/// The shard whose thread this is, or `kNoShard`.
[[nodiscard]] inline ShardId current_shard() noexcept { return detail::this_shard; }

}  // namespace rig

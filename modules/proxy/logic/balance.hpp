#pragma once

#include <rig/proxy/target_rules.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// `round_robin`, `least_requests`, `hash:address`, `hash:path` or `hash:header:NAME`.
[[nodiscard]] std::optional<Balance> parse_balance(std::string_view text);

/// The same number for the same text on every node.
[[nodiscard]] std::uint64_t hash_of(std::string_view text) noexcept;

/// Chooses among the targets of an API. One per API and shard; looks at each target once.
class Balancer {
 public:
  /// A target as it is now.
  struct Choice {
    std::uint64_t name = 0;  ///< the hash of what it is called
    std::uint32_t weight = 1;
    std::uint32_t running = 0;  ///< requests that it has
    bool is_possible = true;
  };

  /// By the key if there is one, else by the rule; nothing: no choice is possible. The choices are
  /// those of the last call, in the same order.
  [[nodiscard]] std::optional<std::size_t> choose(Balance::By by, std::span<const Choice> choices,
                                                  std::optional<std::uint64_t> key = std::nullopt);

 private:
  std::optional<std::size_t> next_in_turn(std::span<const Choice> choices);
  std::optional<std::size_t> least_busy(std::span<const Choice> choices);

  std::vector<std::int64_t> credits_;  // of round robin, by target
  std::size_t turn_ = 0;               // where the next search for the least busy one begins
};

}  // namespace rig::proxy

#include "logic/balance.hpp"

#include <rig/core/field_syntax.hpp>

#include <rig/core/field_syntax.hpp>

#include <cmath>
#include <limits>

namespace rig::proxy {
namespace {

/// Spreads every bit over all of them (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t bits) noexcept {
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

/// Rendezvous hashing with weights: each target draws a time for the key, one with more weight a
/// shorter one, and the shortest wins. So the keys of a target that leaves are spread over the
/// others, and no other key moves.
std::optional<std::size_t> by_key(std::span<const Balancer::Choice> choices, std::uint64_t key) {
  constexpr double kRange = 18446744073709551616.0;  // 2^64
  std::optional<std::size_t> best;
  double shortest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!choices[i].is_possible) continue;
    const auto draw = (static_cast<double>(mixed(key ^ choices[i].name)) + 1) / kRange;
    const auto time = -std::log(draw) / choices[i].weight;
    if (best && time >= shortest) continue;
    best = i;
    shortest = time;
  }
  return best;
}

}  // namespace

std::optional<Balance> parse_balance(std::string_view text) {
  constexpr std::string_view kHeader = "hash:header:";
  using By = Balance::By;
  if (text == "round_robin") return Balance{By::kRoundRobin, {}};
  if (text == "least_requests") return Balance{By::kLeastRequests, {}};
  if (text == "hash:address") return Balance{By::kAddress, {}};
  if (text == "hash:path") return Balance{By::kPath, {}};
  if (!text.starts_with(kHeader)) return std::nullopt;
  text.remove_prefix(kHeader.size());
  if (!is_token(text)) return std::nullopt;
  return Balance{By::kHeader, std::string(text)};
}

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::optional<std::size_t> Balancer::choose(Balance::By by, std::span<const Choice> choices,
                                            std::optional<std::uint64_t> key) {
  if (key) return by_key(choices, *key);
  return by == Balance::By::kLeastRequests ? least_busy(choices) : next_in_turn(choices);
}

/// Each gets its weight in credit, and the richest pays for all: turns by weight, well mixed.
std::optional<std::size_t> Balancer::next_in_turn(std::span<const Choice> choices) {
  credits_.resize(choices.size(), 0);
  std::optional<std::size_t> richest;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (!choices[i].is_possible) continue;
    total += choices[i].weight;
    credits_[i] += choices[i].weight;
    if (!richest || credits_[i] > credits_[*richest]) richest = i;
  }
  if (richest) credits_[*richest] -= total;
  return richest;
}

/// Among those that have the same number for their weight, in turn.
std::optional<std::size_t> Balancer::least_busy(std::span<const Choice> choices) {
  std::optional<std::size_t> best;
  for (std::size_t step = 0; step < choices.size(); ++step) {
    const std::size_t i = (turn_ + step) % choices.size();
    if (!choices[i].is_possible) continue;
    // `running` with this one, divided by weight, without the division.
    const auto load = [&](std::size_t of, std::size_t against) {
      return (std::uint64_t{choices[of].running} + 1) * choices[against].weight;
    };
    if (!best || load(i, *best) < load(*best, i)) best = i;
  }
  if (best) turn_ = *best + 1;
  return best;
}

}  // namespace rig::proxy

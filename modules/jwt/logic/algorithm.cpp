#include "logic/algorithm.hpp"

#include <algorithm>

namespace rig::jwt {
namespace {

struct Traits {
  Family family;
  std::size_t digest_bytes;
};

constexpr std::array<Traits, kAlgorithmNames.size()> kTraits{{{Family::kHmac, 32},
                                                              {Family::kHmac, 48},
                                                              {Family::kHmac, 64},
                                                              {Family::kRsa, 32},
                                                              {Family::kRsa, 48},
                                                              {Family::kRsa, 64},
                                                              {Family::kRsaPss, 32},
                                                              {Family::kRsaPss, 48},
                                                              {Family::kRsaPss, 64},
                                                              {Family::kEcdsa, 32},
                                                              {Family::kEcdsa, 48},
                                                              {Family::kEcdsa, 64},
                                                              {Family::kEdDsa, 0}}};

std::size_t index_of(Algorithm algorithm) noexcept { return static_cast<std::size_t>(algorithm); }

}  // namespace

std::string_view name_of(Algorithm algorithm) noexcept {
  return kAlgorithmNames[index_of(algorithm)];
}

std::optional<Algorithm> algorithm_of(std::string_view name) noexcept {
  const auto* const at = std::ranges::find(kAlgorithmNames, name);
  if (at == kAlgorithmNames.end()) return std::nullopt;
  return static_cast<Algorithm>(at - kAlgorithmNames.begin());
}

Family family_of(Algorithm algorithm) noexcept { return kTraits[index_of(algorithm)].family; }

std::size_t digest_bytes(Algorithm algorithm) noexcept {
  return kTraits[index_of(algorithm)].digest_bytes;
}

AlgorithmSet only(Algorithm algorithm) noexcept {
  AlgorithmSet set;
  set.set(index_of(algorithm));
  return set;
}

AlgorithmSet all_of(Family family) noexcept {
  AlgorithmSet set;
  for (std::size_t i = 0; i < kTraits.size(); ++i)
    if (kTraits[i].family == family) set.set(i);
  return set;
}

}  // namespace rig::jwt

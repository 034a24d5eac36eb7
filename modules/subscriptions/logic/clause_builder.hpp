#pragma once

#include "logic/claim_values.hpp"
#include "logic/subscription_parser.hpp"

#include <rig/subscriptions/subscription.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rig::subscriptions {

/// How much the claims of tokens may make of a client's subscriptions. Values multiply: a clause
/// becomes as many as there are combinations, each with the clause's text.
struct ClaimLimits {
  std::size_t clauses_max;  ///< of one subscription
  std::size_t bytes_left;   ///< of text, of all subscriptions together
};

/// Makes a subscription of clauses that come from claims. Equal ones are one.
class ClauseBuilder {
 public:
  explicit ClauseBuilder(ClaimLimits& limits) : limits_(limits) {}

  /// `json` is the clause as the client reads it. False if it goes over a limit; then so does
  /// everything that follows.
  bool add(Clause clause, std::string_view json);

  /// Nothing, or why there is no such subscription.
  [[nodiscard]] std::optional<std::string> refusal(std::string_view event_type) const;
  /// `type_json`: the event type as a JSON string.
  [[nodiscard]] Subscription build(std::string event_type, std::string_view type_json) &&;

 private:
  using Fields = decltype(Clause::fields);
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Fields& fields) const noexcept;
  };
  enum class Limit : std::uint8_t { kNone, kClauses, kBytes };

  ClaimLimits& limits_;
  Limit exceeded_ = Limit::kNone;
  boost::unordered_flat_set<Fields, Hash> seen_;
  std::vector<Clause> clauses_;
  std::string json_;
};

/// Calls `visit(picked)` for each way to pick one value from each of `choices`, until it says no;
/// not at all if one of them is empty.
/// `picked` has a pointer for each choice.
template <class Visit>
void for_each_combination(const std::vector<std::span<const ClaimValue>>& choices, Visit visit) {
  std::vector<const ClaimValue*> picked;
  for (const auto& values : choices) {
    if (values.empty()) return;
    picked.push_back(values.data());
  }
  while (visit(std::as_const(picked))) {
    // As an odometer counts: the last one turns fastest.
    std::size_t i = picked.size();
    while (i > 0 && ++picked[i - 1] == choices[i - 1].data() + choices[i - 1].size()) {
      --i;
      picked[i] = choices[i].data();
    }
    if (i == 0) return;
  }
}

}  // namespace rig::subscriptions

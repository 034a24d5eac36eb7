#include "logic/claims.hpp"

#include "logic/claim_values.hpp"
#include "logic/narrowing.hpp"

#include <rig/cloudevents/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace rig::subscriptions {
namespace json = boost::json;
using cloudevents::quote_json;

namespace {

/// The positions of the fields that have a claim.
std::vector<std::size_t> with_claims(const TypeFields& fields) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < fields.claims.size(); ++i) {
    if (fields.claims[i]) positions.push_back(i);
  }
  return positions;
}

/// The clauses that follow from one token. All of the claims must be there: a clause without one of
/// them would match more than the token is about.
void infer_clauses(const json::object& claims, const TypeFields& fields, ClauseBuilder& clauses) {
  const auto positions = with_claims(fields);
  std::vector<ClaimValues> values;
  for (const std::size_t position : positions) {
    values.emplace_back(claims, *fields.claims[position]);
    if (values.back().empty()) return;
  }
  std::vector<std::span<const ClaimValue>> choices;
  for (const auto& of_field : values) choices.push_back(of_field.all());
  for_each_combination(choices, [&](const auto& picked) {
    Clause clause;
    std::string text;
    for (std::size_t i = 0; i < picked.size(); ++i) {
      clause.fields.emplace_back(positions[i], picked[i]->value);
      text.append(i == 0 ? "{" : ",").append(quote_json(fields.names[positions[i]]));
      text.append(":").append(picked[i]->json);
    }
    return clauses.add(std::move(clause), text + "}");
  });
}

/// Of what the client reads twice, the first stays.
void remove_repeated(SubscriptionList& list) {
  std::unordered_set<std::string> seen;
  std::erase_if(list, [&](const Subscription& subscription) {
    return !seen.insert(subscription.json).second;
  });
}

}  // namespace

boost::system::result<SubscriptionList, std::string> ClaimRules::permitted(SubscriptionList asked,
                                                                           Claims claims) const {
  return apply(claims, claims, std::move(asked));
}

boost::system::result<SubscriptionList, std::string> ClaimRules::narrowed(SubscriptionList asked,
                                                                          Claims claims) const {
  return apply({}, claims, std::move(asked));
}

boost::system::result<SubscriptionList, std::string> ClaimRules::apply(
    Claims to_infer, Claims to_narrow, SubscriptionList asked) const {
  if (extractors_.types_with_claims().empty()) return asked;
  ClaimLimits limits{limits_.clauses_max, kBytesMax};
  for (const auto& subscription : asked) limits.bytes_left += subscription.json.size();

  SubscriptionList list;
  if (auto refusal = infer(to_infer, limits, list)) return *std::move(refusal);
  bool is_changed = !list.empty();
  std::ranges::move(asked, std::back_inserter(list));

  Narrowing narrowing(extractors_, to_narrow, limits);
  for (auto& subscription : list) {
    if (!narrowing.concerns(subscription)) continue;
    is_changed = true;
    if (auto refusal = narrowing.narrow(subscription)) return *std::move(refusal);
  }
  if (!is_changed) return list;

  std::erase_if(list, [&](const Subscription& subscription) {
    return subscription.clauses.empty() && narrowing.concerns(subscription);
  });
  remove_repeated(list);
  if (auto refusal = check_limits(list)) return *std::move(refusal);
  return list;
}

ClaimRules::Refusal ClaimRules::infer(Claims claims, ClaimLimits& limits,
                                      SubscriptionList& list) const {
  if (claims.empty()) return {};
  for (const std::string& type : extractors_.types_with_claims()) {
    ClauseBuilder clauses(limits);
    for (const json::object* of_token : claims)
      infer_clauses(*of_token, *extractors_.fields_of(type), clauses);
    if (auto refusal = clauses.refusal(type)) return refusal;
    Subscription inferred = std::move(clauses).build(type, quote_json(type));
    if (!inferred.clauses.empty()) list.push_back(std::move(inferred));
  }
  return {};
}

/// Those of the parser, for all of the list: it may be parsed again.
ClaimRules::Refusal ClaimRules::check_limits(const SubscriptionList& list) const {
  constexpr std::string_view kWhy = "with what follows from the token's claims there are ";
  if (list.size() > limits_.subscriptions_max) {
    return std::string(kWhy) + over_limit("subscriptions", list.size(), limits_.subscriptions_max,
                                          "RIG_SUBSCRIPTIONS_MAX");
  }
  std::map<std::string_view, std::set<std::uint64_t>> field_sets;  // by event type
  for (const auto& subscription : list) {
    auto& sets = field_sets[subscription.event_type];
    for (const Clause& clause : subscription.clauses) {
      std::uint64_t set = 0;
      for (const auto& [position, value] : clause.fields) set |= std::uint64_t{1} << position;
      sets.insert(set);
    }
    if (sets.size() > limits_.field_sets_max) {
      return std::string(kWhy) + over_limit("different sets of fields", sets.size(),
                                            limits_.field_sets_max, "RIG_FIELD_SETS_MAX");
    }
  }
  return {};
}

}  // namespace rig::subscriptions

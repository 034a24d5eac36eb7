#pragma once

#include "logic/claim_values.hpp"
#include "logic/clause_builder.hpp"
#include "logic/extractors.hpp"
#include "logic/json_text.hpp"

#include <rig/subscriptions/subscription.hpp>

#include <boost/json/fwd.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rig::subscriptions {

/// Makes subscriptions ask for no more than the tokens of one client allow, where the extractors
/// say `enforce`. Lives for one request.
class Narrowing {
 public:
  using Claims = std::span<const boost::json::object* const>;

  Narrowing(const Extractors& extractors, Claims claims, ClaimLimits& limits)
      : extractors_(extractors), claims_(claims), limits_(limits) {}

  /// Whether subscriptions of the type are narrowed at all.
  [[nodiscard]] bool concerns(const Subscription& subscription) const noexcept;

  /// Each clause becomes one for each combination of values that a token has for the enforced
  /// fields, and that the clause does not rule out. Without clauses, nothing is left. Returns
  /// nothing, or why it cannot be done.
  [[nodiscard]] std::optional<std::string> narrow(Subscription& subscription);

 private:
  /// What a token allows, for each enforced field of a type.
  using Allowed = std::vector<ClaimValues>;
  struct AskedClause;

  const std::vector<Allowed>& allowed_by_tokens(const TypeFields& fields);
  static std::optional<AskedClause> read(JsonText json, const TypeFields& fields);
  static void add(const AskedClause& asked, const Allowed& allowed, const TypeFields& fields,
                  ClauseBuilder& clauses);

  const Extractors& extractors_;
  const Claims claims_;
  ClaimLimits& limits_;
  std::map<const TypeFields*, std::vector<Allowed>> allowed_;  // of the types so far
};

}  // namespace rig::subscriptions

#pragma once

#include "logic/clause_builder.hpp"
#include "logic/extractors.hpp"
#include "logic/subscription_parser.hpp"

#include <rig/subscriptions/subscription.hpp>

#include <boost/json/fwd.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace rig::subscriptions {

/// What the tokens of a client mean for its subscriptions, by the `jwt` pointers of the extractors.
/// Any thread.
class ClaimRules {
 public:
  using Claims = std::span<const boost::json::object* const>;  ///< of each valid token

  /// `extractors` must outlive the rules.
  ClaimRules(SubscriptionLimits limits, const Extractors& extractors)
      : limits_(limits), extractors_(extractors) {}

  /// What follows from the claims, then what was asked for, each once; narrowed where the
  /// extractors say `enforce`, and left out if nothing remains of it: without clauses it would read
  /// as if it matched everything. Parsing the JSON of the result, and asking for that, gives the
  /// same again. The error is what the client sees.
  [[nodiscard]] boost::system::result<SubscriptionList, std::string> permitted(
      SubscriptionList asked, Claims claims) const;
  /// The same without what follows from the claims.
  [[nodiscard]] boost::system::result<SubscriptionList, std::string> narrowed(
      SubscriptionList asked, Claims claims) const;

  /// What claims may add to the text of what was asked for.
  static constexpr std::size_t kBytesMax = std::size_t{1} << 20;

 private:
  /// Nothing, or why a client cannot have what it would have.
  using Refusal = std::optional<std::string>;

  [[nodiscard]] boost::system::result<SubscriptionList, std::string> apply(
      Claims to_infer, Claims to_narrow, SubscriptionList asked) const;
  Refusal infer(Claims claims, ClaimLimits& limits, SubscriptionList& list) const;
  [[nodiscard]] Refusal check_limits(const SubscriptionList& list) const;

  const SubscriptionLimits limits_;
  const Extractors& extractors_;
};

}  // namespace rig::subscriptions

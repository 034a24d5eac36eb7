#pragma once

#include "logic/extractors.hpp"
#include "logic/json_text.hpp"

#include <rig/cloudevents/field_value.hpp>
#include <rig/subscriptions/subscription.hpp>

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rig::subscriptions {

/// How much one connection may ask for. What is over a limit is refused with a text that names it.
struct SubscriptionLimits {
  std::size_t subscriptions_max = 200;  ///< per connection
  std::size_t clauses_max = 1000;       ///< per subscription
  /// Different sets of fields in the clauses for one event type: each costs every event of the type
  /// a search.
  std::size_t field_sets_max = 16;
  std::size_t event_type_bytes_max = 256;
};

/// Why something is over a limit: "3 clauses, at most 2 are allowed (RIG_CLAUSES_MAX)".
[[nodiscard]] std::string over_limit(std::string_view what, std::size_t count, std::size_t max,
                                     std::string_view setting);

/// What a constraint asks for; nothing if it is null, an object or an array.
[[nodiscard]] cloudevents::FieldValue scalar(JsonText text);

/// What to do with a clause about a field that the extractors do not have.
enum class UnknownFields : std::uint8_t {
  kReject,
  kIgnore,  ///< any value goes, so the client gets more than it asked for
};

/// Reads the subscriptions of a request (`events.md` 7). Any thread.
class SubscriptionParser {
 public:
  /// `extractors` must outlive the parser.
  SubscriptionParser(SubscriptionLimits limits, UnknownFields unknown_fields,
                     const Extractors& extractors)
      : limits_(limits), unknown_fields_(unknown_fields), extractors_(extractors) {}

  /// `json` is an array of subscriptions; all or nothing. The error is what the client sees.
  [[nodiscard]] boost::system::result<SubscriptionList, std::string> parse(
      std::string_view json) const;
  /// The same for an object that has the array as its member `subscriptions`.
  [[nodiscard]] boost::system::result<SubscriptionList, RequestError> parse_request(
      std::string_view json) const;

 private:
  const SubscriptionLimits limits_;
  const UnknownFields unknown_fields_;
  const Extractors& extractors_;
};

}  // namespace rig::subscriptions

#pragma once

#include <rig/cloudevents/field_value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rig::subscriptions {

/// One way to match: all of the fields have these values. Fields are positions in the extractors'
/// order of the type; sorted, each at most once. Empty matches every event of the type.
struct Clause {
  std::vector<std::pair<std::size_t, cloudevents::FieldValue>> fields;
};

/// A checked subscription: events of one type for which any of the clauses holds.
struct Subscription {
  std::string event_type;
  std::vector<Clause>
      clauses;       ///< none: nothing matches (each clause asked for an object or array)
  std::string json;  ///< as it is told to the client: {"eventType":…,"oneOf":[…]}
};

using SubscriptionList = std::vector<Subscription>;

/// Why a request for subscriptions is refused.
struct RequestError {
  enum class Reason : std::uint8_t {
    kNotJson,
    kNoSubscriptions,  ///< it has no member of that name
    kInvalid,          ///< one of them is not what it should be
  };
  Reason reason;
  std::string message;  ///< what the client sees
};

}  // namespace rig::subscriptions

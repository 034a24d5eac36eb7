#pragma once

#include <rig/cloudevents/field_plan.hpp>
#include <rig/cloudevents/field_value.hpp>

#include <boost/json/fwd.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace rig::subscriptions {

/// A value that a claim has, and its JSON: what reads that again gets this value.
struct ClaimValue {
  cloudevents::FieldValue value;
  std::string json;
};

/// The values that a claim of one token allows, in its order, each once.
class ClaimValues {
 public:
  /// `pointer` (RFC 6901) leads to a scalar, or to an array, of which the scalars count. Whatever
  /// else it leads to, or if it leads nowhere, there are no values.
  ClaimValues(const boost::json::object& claims, const cloudevents::JsonPointer& pointer);

  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] std::span<const ClaimValue> all() const noexcept { return values_; }
  /// The value that equals `value`, alone, or nothing.
  [[nodiscard]] std::span<const ClaimValue> only(const cloudevents::FieldValue& value) const;

 private:
  void add(const boost::json::value& claim);

  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const cloudevents::FieldValue& value) const noexcept {
      return value.hash();
    }
  };
  std::vector<ClaimValue> values_;
  /// Their places. A token may have as many values as a client has clauses.
  boost::unordered_flat_map<cloudevents::FieldValue, std::size_t, Hash> places_;
};

}  // namespace rig::subscriptions

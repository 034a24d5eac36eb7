#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::cloudevents {

/// A JSON pointer (RFC 6901), split into its unescaped tokens. An array index is a token like any
/// other.
struct JsonPointer {
  std::vector<std::string> tokens;

  /// Errors say what is wrong, without the pointer: "does not start with '/'", …
  static boost::system::result<JsonPointer, std::string> parse(std::string_view text);
};

/// The fields that are taken from the events of one type while they are decoded, in the extractors'
/// order.
struct FieldPlan {
  std::vector<JsonPointer> fields;
};

/// Finds the plan of an event type. Read on every shard while events are decoded; must not block.
class FieldPlans {
 public:
  /// Null if events of this type have no fields of interest. The plan lives as long as the process.
  [[nodiscard]] virtual const FieldPlan* plan_for(std::string_view event_type) const noexcept = 0;

 protected:
  ~FieldPlans() = default;
};

}  // namespace rig::cloudevents

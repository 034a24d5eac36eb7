#pragma once

#include "logic/hash.hpp"

#include <rig/cloudevents/field_plan.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {

/// What the extractors say of one event type. All lists are in the order of stable_field_index; a
/// place in it is what clauses and events call a field's position.
struct TypeFields {
  std::vector<std::string> names;
  cloudevents::FieldPlan plan;  ///< where the fields are in an event
  std::vector<std::optional<cloudevents::JsonPointer>> claims;  ///< and in a token
  /// The positions of those that are security: no subscription may ask for other values than the
  /// claims. Sorted; each has a claim.
  std::vector<std::size_t> enforced;

  [[nodiscard]] std::optional<std::size_t> position(std::string_view name) const noexcept;
};

/// The setting EXTRACTORS (`events.md` 8): the fields by which events can be told apart. Does not
/// change after the start; read on every shard.
class Extractors final : public cloudevents::FieldPlans {
 public:
  Extractors() = default;  ///< none: subscriptions can only name event types

  /// Adds a sentence to `problems` for everything that is wrong with `json`, naming type and field.
  static Extractors parse(std::string_view json, std::size_t event_type_bytes_max,
                          std::vector<std::string>& problems);

  [[nodiscard]] const cloudevents::FieldPlan* plan_for(
      std::string_view event_type) const noexcept override;
  /// Null if the type has no fields.
  [[nodiscard]] const TypeFields* fields_of(std::string_view event_type) const noexcept;
  /// The types with a field that has a claim, sorted.
  [[nodiscard]] const std::vector<std::string>& types_with_claims() const noexcept {
    return types_with_claims_;
  }

 private:
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view type) const noexcept { return hash_of(type); }
  };
  boost::unordered_flat_map<std::string, TypeFields, Hash, std::equal_to<>> types_;
  std::vector<std::string> types_with_claims_;
};

}  // namespace rig::subscriptions

#pragma once

#include <rig/cloudevents/field_plan.hpp>

#include <initializer_list>
#include <string_view>

namespace rig::cloudevents {

/// For tests: the same fields for every type, or none.
class TestPlans final : public FieldPlans {
 public:
  TestPlans() = default;
  TestPlans(std::initializer_list<std::string_view> pointers) {
    for (const std::string_view pointer : pointers) {
      plan_.fields.push_back(*JsonPointer::parse(pointer));
    }
  }
  [[nodiscard]] const FieldPlan* plan_for(std::string_view) const noexcept override {
    return plan_.fields.empty() ? nullptr : &plan_;
  }

 private:
  FieldPlan plan_;
};

}  // namespace rig::cloudevents

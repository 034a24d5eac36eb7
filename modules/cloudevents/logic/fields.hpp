#pragma once

#include "logic/json_document.hpp"

#include <rig/cloudevents/field_plan.hpp>
#include <rig/cloudevents/field_value.hpp>

#include <vector>

namespace rig::cloudevents {

/// One value for each pointer of the plan. Total: a pointer that leads nowhere, or through a
/// scalar, or to an object or array, yields nothing. `is_data_json` false: data is text or bytes
/// in an encoding, and pointers into it yield nothing.
std::vector<FieldValue> extract_fields(const JsonNode& event, const FieldPlan& plan,
                                       bool is_data_json);

}  // namespace rig::cloudevents

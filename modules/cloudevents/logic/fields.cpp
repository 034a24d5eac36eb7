#include "logic/fields.hpp"

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace rig::cloudevents {
namespace {

/// RFC 6901 section 4: digits without a leading zero. `-`, the element after the last, is none.
const JsonNode* element(const JsonNode& array, std::string_view token) noexcept {
  if (token.size() > 1 && token[0] == '0') return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc{} || end != token.data() + token.size()) return nullptr;
  return array.element(index);
}

const JsonNode* find(const JsonNode& event, const JsonPointer& pointer) noexcept {
  const JsonNode* node = &event;
  for (const std::string& token : pointer.tokens) {
    node = node->is(JsonNode::Kind::kArray) ? element(*node, token) : node->member(token);
    if (node == nullptr) return nullptr;
  }
  return node;
}

FieldValue value_of(const JsonNode& node) {
  switch (node.kind) {
    case JsonNode::Kind::kBool: return FieldValue(node.boolean);
    case JsonNode::Kind::kInt64: return FieldValue(node.int64);
    case JsonNode::Kind::kUint64: return FieldValue(node.uint64);
    case JsonNode::Kind::kDouble: return FieldValue(node.number);
    case JsonNode::Kind::kString: return FieldValue(node.string());
    case JsonNode::Kind::kNull:
    case JsonNode::Kind::kArray:
    case JsonNode::Kind::kObject: break;
  }
  return {};
}

}  // namespace

std::vector<FieldValue> extract_fields(const JsonNode& event, const FieldPlan& plan,
                                       bool is_data_json) {
  std::vector<FieldValue> values;
  values.reserve(plan.fields.size());
  for (const JsonPointer& pointer : plan.fields) {
    const bool is_hidden =
        !is_data_json && !pointer.tokens.empty() && pointer.tokens.front() == "data";
    const JsonNode* node = is_hidden ? nullptr : find(event, pointer);
    values.push_back(node == nullptr ? FieldValue() : value_of(*node));
  }
  return values;
}

}  // namespace rig::cloudevents

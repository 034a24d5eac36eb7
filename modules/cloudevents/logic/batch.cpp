#include "logic/structured.hpp"
#include "logic/text.hpp"

#include <cstddef>
#include <utility>

namespace rig::cloudevents {
namespace {

/// The index of the quote that ends the string which starts at `begin`, or npos.
std::size_t end_of_string(std::string_view text, std::size_t begin) noexcept {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return std::string_view::npos;
}

/// The index of the `,` or `]` that ends the element which starts at `begin`, or npos.
std::size_t end_of_element(std::string_view text, std::size_t begin) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i = end_of_string(text, i);
        if (i == std::string_view::npos) return i;
        break;
      case '{':
      case '[': ++depth; break;
      case ',':
        if (depth == 0) return i;
        break;
      case ']':
        if (depth == 0) return i;
        [[fallthrough]];
      case '}':
        // One too many makes the element invalid; the parser will say so.
        if (depth > 0) --depth;
        break;
      default: break;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Reasoned<std::vector<std::string_view>> split_batch(std::string_view text) {
  text = trim(text, kJsonBlanks);
  if (text.empty()) return std::string("it is empty");
  if (text[0] != '[') return std::string("it is not a JSON array");

  std::vector<std::string_view> elements;
  std::size_t begin = 1;
  std::size_t end = 0;
  do {
    end = end_of_element(text, begin);
    if (end == std::string_view::npos) return invalid_json(JsonFault::kIncomplete);
    const std::string_view element = trim(text.substr(begin, end - begin), kJsonBlanks);
    const bool is_whole_array = begin == 1 && text[end] == ']';
    if (element.empty() && !is_whole_array) return invalid_json(JsonFault::kSyntax);
    if (!element.empty()) elements.push_back(element);
    begin = end + 1;
  } while (text[end] == ',');
  if (begin != text.size()) return invalid_json(JsonFault::kTextAfterEnd);
  return elements;
}

Reasoned<std::vector<EventRef>> decode_batch(std::string_view text, const FieldPlans& plans) {
  const auto elements = split_batch(text);
  if (!elements) return elements.error();

  std::vector<EventRef> events;
  events.reserve(elements->size());
  JsonDocument document;
  for (const std::string_view element : *elements) {
    auto event = decode_event(document, std::string(element), plans);
    if (!event) {
      return "event " + std::to_string(events.size() + 1) + ": " + event.error();
    }
    events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace rig::cloudevents

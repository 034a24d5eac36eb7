#include "logic/json_document.hpp"

#include "logic/utf8.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cmath>
#include <functional>

namespace rig::cloudevents {

namespace json = boost::json;

namespace {

JsonNode scalar(JsonNode::Kind kind) noexcept {
  return {.kind = kind, .span = 1, .length = 0, .uint64 = 0};
}

}  // namespace

/// Receives what Boost.JSON's parser finds.
class JsonHandler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that Boost.JSON asks for
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  JsonHandler(JsonDocument& document, std::string_view text) : document_(document), text_(text) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_array_begin(json::error_code&) {
    document_.begin_array();
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) {
    document_.end_container();
    return true;
  }
  bool on_object_begin(json::error_code&) {
    document_.begin_object();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    document_.end_container();
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    keep(part);
    return true;
  }
  bool on_string(json::string_view last, std::size_t, json::error_code&) {
    if (kept_size_ == 0 && is_in_text(last)) {
      document_.add_string({last.data(), last.size()});
      return true;
    }
    keep(last);
    document_.add_string({free_ - kept_size_, kept_size_});
    kept_size_ = 0;
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t size, json::error_code& error) {
    return on_string_part(part, size, error);
  }
  bool on_key(json::string_view last, std::size_t size, json::error_code& error) {
    return on_string(last, size, error);
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
    JsonNode node = scalar(JsonNode::Kind::kInt64);
    node.int64 = value;
    document_.add(node);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
    JsonNode node = scalar(JsonNode::Kind::kUint64);
    node.uint64 = value;
    document_.add(node);
    return true;
  }
  bool on_double(double value, json::string_view, json::error_code&) {
    JsonNode node = scalar(JsonNode::Kind::kDouble);
    // Boost 1.81 multiplies mantissa and power: for 0e999 that is 0 times infinity.
    node.number = std::isnan(value) ? 0.0 : value;
    document_.add(node);
    return true;
  }
  bool on_bool(bool value, json::error_code&) {
    JsonNode node = scalar(JsonNode::Kind::kBool);
    node.boolean = value;
    document_.add(node);
    return true;
  }
  bool on_null(json::error_code&) {
    document_.add(scalar(JsonNode::Kind::kNull));
    return true;
  }

  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  [[nodiscard]] bool is_in_text(json::string_view part) const noexcept {
    const std::less_equal<const char*> le;
    return le(text_.data(), part.data()) && le(part.data(), text_.data() + text_.size());
  }

  /// Copies a piece of a string behind what is already kept of it.
  void keep(json::string_view part) {
    if (free_ == nullptr) {
      // Unescaped text is never longer than it was, so this is enough for all strings.
      document_.unescaped_.push_back(std::make_unique_for_overwrite<char[]>(text_.size()));
      free_ = document_.unescaped_.back().get();
    }
    free_ += part.copy(free_, part.size());
    kept_size_ += part.size();
  }

  JsonDocument& document_;
  std::string_view text_;
  char* free_ = nullptr;
  std::size_t kept_size_ = 0;  // of the string being received; it ends at free_
};

namespace {

JsonFault fault_of(const json::error_code& error, std::string_view text) noexcept {
  if (error == json::error::incomplete) return JsonFault::kIncomplete;
  if (error == json::error::too_deep) return JsonFault::kTooDeep;
  if (error == json::error::exponent_overflow) return JsonFault::kNumber;
  if (error == json::error::illegal_leading_surrogate ||
      error == json::error::illegal_trailing_surrogate ||
      error == json::error::expected_hex_digit || error == json::error::expected_utf16_escape) {
    return JsonFault::kEscape;
  }
  return is_utf8(text) ? JsonFault::kSyntax : JsonFault::kNotUtf8;
}

}  // namespace

std::string_view describe(JsonFault fault) noexcept {
  switch (fault) {
    case JsonFault::kNone: return "none";
    case JsonFault::kSyntax: return "syntax error";
    case JsonFault::kIncomplete: return "it ends too early";
    case JsonFault::kTextAfterEnd: return "there is text after its end";
    case JsonFault::kTooDeep: return "it is nested deeper than 64 levels";
    case JsonFault::kNumber: return "the exponent of a number is too large";
    case JsonFault::kEscape: return "a \\u escape is not a character";
    case JsonFault::kNotUtf8: return "it is not UTF-8";
  }
  return {};
}

const JsonNode* JsonNode::member(std::string_view key) const noexcept {
  if (!is(Kind::kObject)) return nullptr;
  const JsonNode* found = nullptr;
  for (const JsonNode* name = first_child(); name != end(); name = name->next()->next()) {
    if (name->string() == key) found = name->next();
  }
  return found;
}

const JsonNode* JsonNode::element(std::size_t index) const noexcept {
  if (!is(Kind::kArray)) return nullptr;
  const JsonNode* value = first_child();
  for (; value != end() && index > 0; --index) value = value->next();
  return value == end() ? nullptr : value;
}

JsonFault JsonDocument::parse(std::string_view text) {
  const std::size_t nodes_before = nodes_.size();
  const std::size_t open_before = open_;
  const std::size_t depth_before = depth_;

  json::parse_options options;
  options.max_depth = kJsonDepthMax - depth_;
  json::basic_parser<JsonHandler> parser(options, *this, text);
  json::error_code error;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (!error && parsed == text.size()) return JsonFault::kNone;

  nodes_.resize(nodes_before);
  open_ = open_before;
  depth_ = depth_before;
  return error ? fault_of(error, text) : JsonFault::kTextAfterEnd;
}

void JsonDocument::add_string(std::string_view text) {
  JsonNode node = scalar(JsonNode::Kind::kString);
  node.text = text.data();
  node.length = text.size();
  nodes_.push_back(node);
}

void JsonDocument::begin_container(JsonNode::Kind kind) {
  nodes_.push_back({.kind = kind, .span = open_, .length = 0, .uint64 = 0});
  open_ = nodes_.size() - 1;
  ++depth_;
}

void JsonDocument::begin_object() { begin_container(JsonNode::Kind::kObject); }

void JsonDocument::begin_array() { begin_container(JsonNode::Kind::kArray); }

void JsonDocument::end_container() {
  JsonNode& container = nodes_[open_];
  const std::size_t parent = container.span;
  container.span = nodes_.size() - open_;
  open_ = parent;
  --depth_;
}

void JsonDocument::clear() noexcept {
  nodes_.clear();
  unescaped_.clear();
  open_ = 0;
  depth_ = 0;
}

}  // namespace rig::cloudevents

#include "logic/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rig::jwt {

namespace json = boost::json;

namespace {

/// Builds the value and counts the members that the text has; the value has fewer if two had one
/// name.
template <std::size_t MembersMax>
class Builder {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that Boost.JSON asks for
  static constexpr std::size_t max_object_size = MembersMax;
  static constexpr std::size_t max_array_size = 4096;
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] json::value take() { return stack_.release(); }
  [[nodiscard]] std::size_t members() const noexcept { return members_; }

  bool on_document_begin(json::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t n, json::error_code&) {
    stack_.push_array(n);
    return true;
  }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t n, json::error_code&) {
    members_ += n;
    stack_.push_object(n);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view last, std::size_t, json::error_code&) {
    stack_.push_string(last);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view last, std::size_t, json::error_code&) {
    stack_.push_key(last);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, json::string_view, json::error_code&) {
    // Boost 1.81 multiplies mantissa and power: for 0e999 that is 0 times infinity.
    stack_.push_double(std::isnan(value) ? 0.0 : value);
    return true;
  }
  bool on_bool(bool value, json::error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  json::value_stack stack_;
  std::size_t members_ = 0;
};

std::size_t members_of(const json::value& value) {  // NOLINT(misc-no-recursion): depth is bounded
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += members_of(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += members_of(element);
  }
  return count;
}

template <std::size_t MembersMax>
std::optional<json::value> parse(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<Builder<MembersMax>> parser(options);
  json::error_code error;
  const auto parsed = parser.write_some(false, text.data(), text.size(), error);
  if (error || parsed != text.size()) return std::nullopt;
  auto value = parser.handler().take();
  if (members_of(value) != parser.handler().members()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<json::object> parse_header(std::string_view text) {
  auto value = parse<64>(text, 8);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

std::optional<json::value> parse_document(std::string_view text) { return parse<4096>(text, 32); }

}  // namespace rig::jwt

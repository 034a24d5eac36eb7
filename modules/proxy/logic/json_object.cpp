#include "logic/json_object.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rig::proxy {

namespace json = boost::json;

namespace {

constexpr std::size_t kDepthMax = 64;

/// Takes note of nothing: what the parser says is whether the text is JSON.
struct Checker {
  // NOLINTBEGIN(readability-identifier-naming): the names that Boost.JSON asks for
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t, json::error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_key(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

/// Empty: it is JSON.
std::string fault_of(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<Checker> parser(options);
  json::error_code error;
  const auto read = parser.write_some(false, text.data(), text.size(), error);
  if (error) return error.message();
  return read == text.size() ? std::string() : "there is text after its end";
}

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

boost::system::result<JsonObject, JsonObject::Fault> JsonObject::parse(std::string_view text) {
  if (auto fault = fault_of(text); !fault.empty()) return Fault{false, std::move(fault)};
  JsonObject object(text);
  object.skip_space();
  if (object.first() != '{') return Fault{true, {}};
  object.take(1);
  return object;
}

std::optional<JsonObject::Member> JsonObject::next() {
  skip_space();
  if (first() == ',') take(1);
  skip_space();
  if (first() == '}') return std::nullopt;
  const auto* const begin = rest_.data();
  const auto name = take_string();
  skip_space();
  take(1);  // the colon
  skip_space();
  const auto value = take_value();
  return Member{unquoted(name), {begin, value.data() + value.size()}, value};
}

std::string_view JsonObject::take(std::size_t size) noexcept {
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(taken.size());
  return taken;
}

void JsonObject::skip_space() noexcept {
  take(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
}

std::string_view JsonObject::take_string() noexcept {
  std::size_t end = 1;
  for (; rest_[end] != '"'; ++end) {
    if (rest_[end] == '\\') ++end;
  }
  return take(end + 1);
}

std::string_view JsonObject::take_value() noexcept {
  if (first() == '"') return take_string();
  if (first() != '{' && first() != '[') return take(rest_.find_first_of(",} \t\r\n"));
  const auto* const begin = rest_.data();
  std::size_t depth = 0;
  do {
    const char c = first();
    if (c == '"') {
      take_string();
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    take(1);
  } while (depth > 0);
  return {begin, rest_.data()};
}

std::string unquoted(std::string_view json) {
  if (json.find('\\') == std::string_view::npos)
    return std::string(json.substr(1, json.size() - 2));
  const auto value = json::parse(json);
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace rig::proxy

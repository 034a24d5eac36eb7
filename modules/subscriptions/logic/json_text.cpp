#include "logic/json_text.hpp"

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>

namespace rig::subscriptions {
namespace json = boost::json;

namespace {

/// The size of the string, quotes included, that `text` starts with.
std::size_t string_size(std::string_view text) noexcept {
  std::size_t at = 1;
  while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

/// The size of the value that `text` starts with.
std::size_t value_size(std::string_view text) noexcept {
  if (text[0] == '"') return string_size(text);
  if (text[0] != '{' && text[0] != '[') return std::min(text.find_first_of(",]}"), text.size());
  std::size_t depth = 0;
  std::size_t at = 0;
  do {
    const char c = text[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    at += c == '"' ? string_size(text.substr(at)) : 1;
  } while (depth != 0);
  return at;
}

}  // namespace

boost::system::result<json::value, std::string> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::parser parser({}, options);
  json::error_code error;
  const std::size_t parsed = parser.write_some(text.data(), text.size(), error);
  if (!error && parsed < text.size()) error = json::error::extra_data;
  if (!error) return parser.release();
  const bool is_cut = error == json::error::incomplete;
  return {boost::system::in_place_error, (is_cut ? "unexpected end of input" : error.message()) +
                                             " at position " +
                                             std::to_string(is_cut ? text.size() : parsed)};
}

JsonText::Kind JsonText::kind() const noexcept {
  switch (text_[0]) {
    case '{': return Kind::kObject;
    case '[': return Kind::kArray;
    case '"': return Kind::kString;
    case 't':
    case 'f': return Kind::kBoolean;
    case 'n': return Kind::kNull;
    default: return Kind::kNumber;
  }
}

std::string JsonText::string() const {
  if (text_.find('\\') == std::string_view::npos)
    return std::string(text_.substr(1, text_.size() - 2));
  return std::string(json::parse(text_).as_string());
}

json::value JsonText::number() const { return json::parse(text_); }

JsonText JsonText::Cursor::next() noexcept {
  const std::size_t size = value_size(rest_);
  const JsonText value(rest_.substr(0, size));
  rest_.remove_prefix(size);
  // A comma, or the colon behind a name; the closing bracket stays.
  if (rest_.size() > 1) rest_.remove_prefix(1);
  return value;
}

std::string compact_json(std::string_view valid_json) {
  std::string compact;
  compact.reserve(valid_json.size());
  for (std::size_t at = 0; at < valid_json.size();) {
    const char c = valid_json[at];
    if (c == '"') {
      const std::size_t size = string_size(valid_json.substr(at));
      compact.append(valid_json, at, size);
      at += size;
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') compact.push_back(c);
    ++at;
  }
  return compact;
}

}  // namespace rig::subscriptions

#include "json.hpp"

#include "deadline.hpp"

#include <boost/json.hpp>

namespace testkit {
namespace {

boost::json::value parsed(std::string_view document) {
  boost::system::error_code error;
  auto value = boost::json::parse(document, error);
  if (error) throw Failure("not JSON (" + error.message() + "): " + std::string(document));
  return value;
}

}  // namespace

std::optional<std::string> json_at(std::string_view document, std::string_view pointer) {
  const auto root = parsed(document);
  boost::system::error_code error;
  const auto* value = root.find_pointer(pointer, error);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) return std::string(*text);
  return boost::json::serialize(*value);
}

std::vector<std::string> json_items(std::string_view document, std::string_view pointer) {
  const auto root = parsed(document);
  boost::system::error_code error;
  const auto* value = root.find_pointer(pointer, error);
  std::vector<std::string> items;
  if (value == nullptr || !value->is_array()) return items;
  for (const auto& item : value->get_array()) items.push_back(boost::json::serialize(item));
  return items;
}

bool same_json(std::string_view a, std::string_view b) { return parsed(a) == parsed(b); }

}  // namespace testkit

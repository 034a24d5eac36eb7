#include "logic/ws_request.hpp"

#include <boost/json/parse.hpp>

namespace rig::transport {

std::optional<std::string> token_in_message(std::string_view text) {
  // Escapes in the name itself are legal, and nobody's habit.
  if (text.find(R"("jwt")") == std::string_view::npos) return std::nullopt;
  boost::system::error_code error;
  const auto parsed = boost::json::parse(text, error);
  const auto* members = error ? nullptr : parsed.if_object();
  const auto* token = members == nullptr ? nullptr : members->if_contains("jwt");
  const auto* value = token == nullptr ? nullptr : token->if_string();
  if (value == nullptr || value->empty()) return std::nullopt;
  return std::string(*value);
}

}  // namespace rig::transport

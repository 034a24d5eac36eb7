#include "logic/api_request.hpp"

#include "logic/api_response.hpp"

#include <rig/core/ascii.hpp>

#include <boost/json/parse.hpp>

#include <string_view>

namespace rig::api {
namespace {

namespace json = boost::json;

/// `application/json`, or another type in that syntax (RFC 6839, 3.1), with whatever parameters.
bool is_json(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (equals_ignoring_case(type, "application/json")) return true;
  constexpr std::string_view kSuffix = "+json";
  return type.size() > kSuffix.size() &&
         equals_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix);
}

}  // namespace

boost::system::result<json::value, transport::HttpResponse> parse_definition_request(
    const transport::HttpRequest& request) {
  const auto type = request.headers.find("content-type");
  // A page of any origin may send a body without a type, but not one that says JSON.
  if (!type) return invalid_definition({{"api", "content-type", "must be application/json"}});
  if (!is_json(*type)) return error_page(415, "Expected the content type application/json.");
  boost::system::error_code error;
  auto definition = json::parse(request.body, error);
  if (error) return error_page(400, "Expected a JSON encoded body: " + error.message() + ".");
  return definition;
}

}  // namespace rig::api

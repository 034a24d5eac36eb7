#include "logic/definition_text.hpp"

#include <rig/core/rfc3339.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace rig::proxy {
namespace {

namespace json = boost::json;

std::string quoted(std::string_view text) { return json::serialize(json::value(text)); }

}  // namespace

std::string to_sentence(const DefinitionError& error, std::string_view api_id, std::size_t number) {
  std::string text =
      "API " + (api_id.empty() ? "number " + std::to_string(number) : quoted(api_id));
  const auto prefix = std::string(api_id) + '/';
  if (error.key.starts_with(prefix)) {
    const auto endpoint = error.key.substr(prefix.size());
    text += endpoint.empty() ? ", endpoint without id" : ", endpoint " + quoted(endpoint);
  }
  return text + ": " + error.field + ' ' + error.reason;
}

std::string to_json(const Api& api, const ApiEntry& entry) {
  auto definition = api.json;
  definition["node_name"] = entry.node;
  definition["ref_number"] = entry.ref_number;
  definition["timestamp"] = to_text(entry.timestamp);
  definition["phx_ref"] = entry.change;
  return json::serialize(definition);
}

std::string to_text(ApiEntry::Time time) { return utc_text(time); }

}  // namespace rig::proxy

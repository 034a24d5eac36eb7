// An API definition, as JSON or, if the first byte is 'y', as YAML. A refusal has an error with all
// of its parts. What is accepted is accepted again as it is kept, means the same, and goes through
// the table unharmed.

#include "logic/api_table.hpp"
#include "logic/definition_parser.hpp"
#include "logic/yaml.hpp"

#include <rig/core/assert.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace {

namespace json = boost::json;
using namespace rig::proxy;

std::optional<json::value> parse(bool is_yaml, const std::string& text) {
  if (is_yaml) {
    auto value = parse_yaml(text);
    if (value.has_error()) RIG_ASSERT(!value.error().why.empty());
    return value ? std::optional(*std::move(value)) : std::nullopt;
  }
  boost::system::error_code error;
  auto value = json::parse(text, error);
  return error ? std::nullopt : std::optional(std::move(value));
}

void check(const Api& api) {
  RIG_ASSERT(!api.id.empty() && !api.name.empty() && !api.upstream.host.empty());
  RIG_ASSERT(!api.targets.targets.empty() && api.targets.retries < api.targets.targets.size());
  for (const auto& target : api.targets.targets)
    RIG_ASSERT(!target.upstream.host.empty() && target.upstream.port > 0 && target.weight > 0);
  for (const auto& endpoint : api.endpoints) {
    RIG_ASSERT(!endpoint.id.empty() && !endpoint.method.empty());
    RIG_ASSERT(endpoint.path_regex.empty() != endpoint.path.empty());
    RIG_ASSERT(!endpoint.secured || api.auth.is_jwt);
    RIG_ASSERT(endpoint.target == Target::kHttp || !endpoint.topic.empty());
  }
}

void check_table(const json::value& definition, const Api& api) {
  ApiTable table({}, "node", 10);
  RIG_ASSERT(table.make(table.create(definition, {{}, "1"})).outcome == ApiChange::Outcome::kDone);
  ApiTable other({}, "other", 10);
  for (const auto& entry : table.entries())
    RIG_ASSERT(other.merge(entry) == ApiTable::Merged::kChanged);
  RIG_ASSERT(other.list() == table.list());
  if (!api.active) return;
  RIG_ASSERT(json::parse(*table.get(api.id)).at("id").get_string() == api.id);
  const auto replaced = table.make(table.replace(api.id, definition, {{}, "2"}));
  RIG_ASSERT(replaced.outcome == ApiChange::Outcome::kDone);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto definition = parse(data[0] == 'y', text);
  if (!definition) return 0;
  const DefinitionRules rules;
  const auto api = parse_definition(*definition, rules);
  if (api.has_error()) {
    RIG_ASSERT(!api.error().empty());
    for (const auto& error : api.error()) RIG_ASSERT(!error.reason.empty());
    return 0;
  }
  check(*api);
  const auto again = parse_definition(as_kept(definition->get_object()), rules);
  RIG_ASSERT(again.has_value() && again->json == api->json);
  check_table(*definition, *api);
  return 0;
}

#include "logic/definition_sources.hpp"

#include "logic/definition_parser.hpp"
#include "logic/definition_text.hpp"
#include "logic/fault.hpp"
#include "logic/fault_list.hpp"
#include "logic/route_set.hpp"
#include "logic/route_warnings.hpp"
#include "logic/yaml.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;
Read<json::value> parse_json(std::string_view text) {
  json::stream_parser parser;
  boost::system::error_code error;
  const auto parsed = parser.write_some(text.data(), text.size(), error);
  if (!error && parsed == text.size()) {
    parser.finish(error);
    if (!error) return parser.release();
  }
  const auto reason = error ? error.message() : std::string("something follows its end");
  return Fault{"is no JSON: " + reason + " at byte " + std::to_string(parsed + 1)};
}

std::string_view kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "a boolean";
    case json::kind::string: return "a string";
    case json::kind::object: return "an object";
    case json::kind::array: return "a list";
    default: return "a number";
  }
}

class Reader {
 public:
  Reader(const DefinitionRules& rules, SourceContent& content) : rules_(rules), content_(content) {}

  void read(const DefinitionSource& source) {
    place_ = source.name.empty() ? std::string("(the text itself)")
                                 : "(file " + json::serialize(json::value(source.name)) + ")";
    auto parsed = source.format == DefinitionSource::Format::kYaml ? parse_yaml(source.text)
                                                                   : parse_json(source.text);
    if (!parsed) return problem(parsed.error().why);
    if (source.may_be_one && parsed->is_object()) return take(*parsed, 1);
    const auto* list = parsed->if_array();
    if (list == nullptr)
      return problem("must be a list of API definitions, but is " + std::string(kind_of(*parsed)));
    for (std::size_t i = 0; i < list->size(); ++i) take((*list)[i], i + 1);
  }

  /// What is allowed but perhaps not meant, when all is read.
  void remark() {
    std::ranges::sort(apis_, {}, [](const auto& api) -> const std::string& { return api->id; });
    content_.remarks = route_warnings(RouteSet(apis_));
  }

 private:
  void problem(const std::string& why) { content_.problems.push_back(place_ + ' ' + why); }

  void take(const json::value& definition, std::size_t number) {
    const std::string id(definition.is_object() ? text_of(definition.get_object(), "id") : "");
    auto api = parse_definition(definition, rules_);
    if (api.has_error()) {
      for (const auto& error : api.error()) problem(to_sentence(error, id, number));
    }
    if (!id.empty() && !ids_.insert(id).second)
      problem("API " + json::serialize(json::value(id)) + ": id must not be that of another API");
    if (api.has_error()) return;
    content_.definitions.push_back(as_kept(definition.get_object()));
    apis_.push_back(std::make_shared<const Api>(*std::move(api)));
  }

  const DefinitionRules& rules_;
  SourceContent& content_;
  std::string place_;
  std::set<std::string> ids_;
  std::vector<std::shared_ptr<const Api>> apis_;
};

}  // namespace

SourceContent read_sources(const std::vector<DefinitionSource>& sources,
                           const DefinitionRules& rules) {
  SourceContent content;
  Reader reader(rules, content);
  for (const auto& source : sources) reader.read(source);
  if (content.problems.empty()) reader.remark();
  return content;
}

}  // namespace rig::proxy

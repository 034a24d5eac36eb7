#include "logic/extractors.hpp"

#include "logic/event_type.hpp"
#include "logic/index.hpp"
#include "logic/json_text.hpp"

#include <rig/cloudevents/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace rig::subscriptions {
namespace json = boost::json;
using cloudevents::JsonPointer;
using cloudevents::quote_json;

namespace {

/// A field while its type is read.
struct Field {
  std::string name;
  std::optional<std::uint64_t> index;
  JsonPointer event;
  std::optional<JsonPointer> claim;
  bool is_enforced = false;
};

/// Reads the fields of one event type and notes what is wrong with them.
class TypeReader {
 public:
  TypeReader(std::string_view type, std::vector<std::string>& problems)
      : prefix_("event type " + quote_json(type) + ": "), problems_(problems) {}

  void problem(const std::string& text) { problems_.push_back(prefix_ + text); }

  TypeFields read(const json::object& config) {
    std::vector<Field> fields;
    for (const auto& [name, value] : config) fields.push_back(read_field(name, value));
    report("stable_field_index is required, but missing for fields", missing_);
    report("Negative index - please use only non-negative values for stable_field_index",
           negative_);
    std::ranges::sort(fields, {}, &Field::index);
    report("Duplicate index - please use a different stable_field_index value for each field",
           duplicates(fields));
    if (fields.size() > Index::kFieldsMax) {
      problem(std::to_string(fields.size()) + " fields, but at most " +
              std::to_string(Index::kFieldsMax) + " are possible");
    }

    TypeFields result;
    for (Field& field : fields) {
      if (field.is_enforced) result.enforced.push_back(result.names.size());
      result.names.push_back(std::move(field.name));
      result.plan.fields.push_back(std::move(field.event));
      result.claims.push_back(std::move(field.claim));
    }
    return result;
  }

 private:
  Field read_field(std::string_view name, const json::value& config) {
    Field field{.name = std::string(name), .index = {}, .event = {}, .claim = {}};
    const json::object* members = config.if_object();
    if (name.empty()) {
      invalid(field, "the name is empty");
    } else if (members == nullptr) {
      invalid(field, "an object is expected");
    } else {
      read_index(*members, field);
      read_pointers(*members, field);
      read_enforce(*members, field);
    }
    return field;
  }

  void read_index(const json::object& members, Field& field) {
    const json::value* index = members.if_contains("stable_field_index");
    if (index == nullptr || index->is_null()) {
      missing_.push_back(field.name);
    } else if (index->is_uint64()) {
      field.index = index->get_uint64();
    } else if (!index->is_int64()) {
      invalid(field, "stable_field_index is not an integer");
    } else if (index->get_int64() < 0) {
      negative_.push_back(field.name);
    } else {
      field.index = static_cast<std::uint64_t>(index->get_int64());
    }
  }

  void read_pointers(const json::object& members, Field& field) {
    if (const json::value* event = members.if_contains("event")) {
      field.event = read_pointer(*event, "event", field).value_or(JsonPointer{});
    } else {
      invalid(field, "event.json_pointer is required");
    }
    const json::value* jwt = members.if_contains("jwt");
    if (jwt != nullptr && !jwt->is_null()) field.claim = read_pointer(*jwt, "jwt", field);
  }

  /// Security that somebody meant to switch on must not be off for a slip of the pen.
  void read_enforce(const json::object& members, Field& field) {
    const json::value* jwt = members.if_contains("jwt");
    for (const auto& [name, value] : members) {
      if (name != "enforce") {
        if (looks_like_enforce(name)) invalid(field, quote_json(name) + ": is enforce meant?");
        const json::object* object = value.if_object();
        if (object != nullptr && object->contains("enforce"))
          invalid(field, "enforce belongs beside " + std::string(name) + ", not into it");
      } else if (!value.is_bool()) {
        invalid(field, "enforce is not a boolean");
      } else if (jwt == nullptr || jwt->is_null()) {
        invalid(field, "enforce needs jwt.json_pointer");
      } else {
        field.is_enforced = value.get_bool();
      }
    }
  }

  static bool looks_like_enforce(std::string_view name) {
    constexpr std::string_view kStem = "enforc";
    return name.size() >= kStem.size() &&
           std::ranges::equal(name.substr(0, kStem.size()), kStem,
                              [](char a, char b) { return (a | 0x20) == b; });
  }

  std::optional<JsonPointer> read_pointer(const json::value& config, const std::string& where,
                                          const Field& field) {
    const json::object* object = config.if_object();
    const json::value* pointer = object == nullptr ? nullptr : object->if_contains("json_pointer");
    if (pointer == nullptr || !pointer->is_string()) {
      invalid(field, where + ".json_pointer is required and a string");
      return {};
    }
    const std::string_view text = pointer->get_string();
    if (!text.starts_with('/')) {
      invalid(field, where + ".json_pointer does not start with '/'");
      return {};
    }
    auto parsed = JsonPointer::parse(text);
    if (parsed.has_error()) {
      invalid(field, where + ".json_pointer " + parsed.error());
      return {};
    }
    return std::move(*parsed);
  }

  void invalid(const Field& field, const std::string& why) {
    report("Invalid configuration for fields", {field.name}, ": " + why);
  }

  void report(const std::string& reason, const std::vector<std::string>& fields,
              const std::string& why = {}) {
    if (fields.empty()) return;
    std::string list;
    for (const auto& name : fields) list += (list.empty() ? "" : ",") + quote_json(name);
    problem(reason + ": [" + list + "]" + why);
  }

  /// Of fields in the order of their indices: those that share one.
  static std::vector<std::string> duplicates(const std::vector<Field>& sorted) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const auto shares_with = [&](std::size_t other) {
        return other < sorted.size() && sorted[i].index == sorted[other].index;
      };
      if (sorted[i].index && (shares_with(i - 1) || shares_with(i + 1)))
        names.push_back(sorted[i].name);
    }
    return names;
  }

  const std::string prefix_;
  std::vector<std::string>& problems_;
  std::vector<std::string> missing_;
  std::vector<std::string> negative_;
};

}  // namespace

std::optional<std::size_t> TypeFields::position(std::string_view name) const noexcept {
  const auto at = std::ranges::find(names, name);
  if (at == names.end()) return {};
  return static_cast<std::size_t>(at - names.begin());
}

Extractors Extractors::parse(std::string_view text, std::size_t event_type_bytes_max,
                             std::vector<std::string>& problems) {
  Extractors extractors;
  const auto parsed = parse_json(text);
  if (parsed.has_error()) {
    problems.push_back("not JSON: " + parsed.error());
    return extractors;
  }
  const json::object* types = parsed->if_object();
  if (types == nullptr) {
    problems.emplace_back("an object with event types is expected");
    return extractors;
  }
  for (const auto& [type, config] : *types) {
    TypeReader reader(type, problems);
    if (type.empty()) reader.problem("the name is empty");
    if (type.size() > event_type_bytes_max) {
      reader.problem("longer than " + std::to_string(event_type_bytes_max) + " bytes");
    }
    if (has_control_characters(type)) reader.problem("control characters are not allowed");
    const json::object* fields = config.if_object();
    if (fields == nullptr) {
      reader.problem("an object with fields is expected");
      continue;
    }
    TypeFields read = reader.read(*fields);
    if (std::ranges::any_of(read.claims, [](const auto& claim) { return claim.has_value(); }))
      extractors.types_with_claims_.emplace_back(type);
    if (!read.names.empty()) extractors.types_.emplace(type, std::move(read));
  }
  std::ranges::sort(extractors.types_with_claims_);
  return extractors;
}

const cloudevents::FieldPlan* Extractors::plan_for(std::string_view event_type) const noexcept {
  const TypeFields* fields = fields_of(event_type);
  return fields == nullptr ? nullptr : &fields->plan;
}

const TypeFields* Extractors::fields_of(std::string_view event_type) const noexcept {
  if (types_.empty()) return nullptr;
  const auto at = types_.find(event_type);
  return at == types_.end() ? nullptr : &at->second;
}

}  // namespace rig::subscriptions

#include "logic/subscription_parser.hpp"

#include "logic/event_type.hpp"

#include <rig/cloudevents/codec.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace rig::subscriptions {
using cloudevents::FieldValue;
using cloudevents::quote_json;
using Kind = JsonText::Kind;

namespace {

/// Nothing, or why a subscription is refused.
using Refusal = std::optional<std::string>;

std::size_t count_elements(JsonText array) {
  std::size_t count = 0;
  array.for_each_element([&](JsonText) { ++count; });
  return count;
}

/// A name from outside in an error text: quoted, and cut if it is long.
std::string shown(std::string_view name) {
  constexpr std::size_t kBytesMax = 100;
  if (name.size() <= kBytesMax) return quote_json(name);
  std::size_t end = kBytesMax;
  while ((static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // inside a character
  return quote_json(std::string(name.substr(0, end)) + "…");
}

/// The members of a subscription that mean something, under any of their names.
struct Members {
  std::optional<JsonText> event_type;
  std::optional<JsonText> clauses;

  explicit Members(JsonText subscription) {
    std::array<std::optional<JsonText>, 2> event_types;
    std::array<std::optional<JsonText>, 3> constraints;
    subscription.for_each_member([&](JsonText key, JsonText value) {
      const std::string name = key.string();
      if (name == "event_type") event_types[0] = value;
      if (name == "eventType") event_types[1] = value;
      if (name == "constraints") constraints[0] = value;
      if (name == "one_of") constraints[1] = value;
      if (name == "oneOf") constraints[2] = value;
    });
    event_type = first(event_types);
    clauses = first(constraints);
  }

 private:
  static std::optional<JsonText> first(std::span<const std::optional<JsonText>> spellings) {
    const auto at = std::ranges::find_if(spellings, [](const auto& v) { return v.has_value(); });
    return at == spellings.end() ? std::nullopt : *at;
  }
};

/// Reads one request.
class Request {
 public:
  Request(const SubscriptionLimits& limits, UnknownFields unknown_fields,
          const Extractors& extractors)
      : limits_(limits), unknown_fields_(unknown_fields), extractors_(extractors) {}

  Refusal read(JsonText json, Subscription& subscription) {
    if (json.kind() != Kind::kObject) return "not a map";
    const Members members(json);
    if (!members.event_type) return "event-type not found";
    if (members.event_type->kind() != Kind::kString) return "event-type empty";
    subscription.event_type = members.event_type->string();
    if (auto refusal = check_event_type(subscription.event_type)) return refusal;
    const JsonText clauses = members.clauses.value_or(JsonText("[]"));
    if (auto refusal = read_clauses(clauses, subscription)) return refusal;
    subscription.json = R"({"eventType":)";
    subscription.json.append(members.event_type->text()).append(R"(,"oneOf":)");
    subscription.json.append(clauses.text()).append("}");
    return {};
  }

 private:
  Refusal check_event_type(const std::string& type) const {
    if (type.empty()) return "event-type empty";
    if (type.size() > limits_.event_type_bytes_max) {
      return "event-type is longer than " + std::to_string(limits_.event_type_bytes_max) + " bytes";
    }
    if (has_control_characters(type)) return "event-type contains control characters";
    return {};
  }

  Refusal read_clauses(JsonText json, Subscription& subscription) {
    if (json.kind() != Kind::kArray)
      return "constraints expected to be a list of disjunctive clauses";
    const std::size_t count = count_elements(json);
    if (count > limits_.clauses_max)
      return over_limit("clauses", count, limits_.clauses_max, "RIG_CLAUSES_MAX");
    Refusal refusal;
    json.for_each_element([&](JsonText clause) {
      if (!refusal) refusal = read_clause(clause, subscription);
    });
    if (!refusal && count == 0) subscription.clauses.emplace_back();
    return refusal;
  }

  Refusal read_clause(JsonText json, Subscription& subscription) {
    if (json.kind() != Kind::kObject)
      return "a disjunctive clause expected to be a conjunction represented by a map";
    const TypeFields* fields = extractors_.fields_of(subscription.event_type);
    std::map<std::size_t, JsonText> constraints;  // by position; the last one of a name counts
    Refusal refusal;
    json.for_each_member([&](JsonText key, JsonText value) {
      if (refusal) return;
      const std::string name = key.string();
      if (name.empty()) {
        refusal = "conjunctive clauses expected to be a map with nonempty strings as keys";
      } else if (const auto at = fields == nullptr ? std::nullopt : fields->position(name)) {
        constraints.insert_or_assign(*at, value);
      } else if (unknown_fields_ == UnknownFields::kReject) {
        refusal = "field " + shown(name) + " is not configured for event type " +
                  shown(subscription.event_type) + " (EXTRACTORS, RIG_UNKNOWN_FIELDS)";
      }
    });
    return refusal ? refusal : add_clause(constraints, subscription);
  }

  Refusal add_clause(const std::map<std::size_t, JsonText>& constraints,
                     Subscription& subscription) {
    Clause clause;
    std::uint64_t field_set = 0;
    for (const auto& [position, json] : constraints) {
      if (json.kind() == Kind::kNull) continue;  // any value, and none
      FieldValue value = scalar(json);
      if (value.is_nothing()) return {};  // no event has an object or array to compare
      clause.fields.emplace_back(position, std::move(value));
      field_set |= std::uint64_t{1} << position;
    }
    auto& field_sets = field_sets_[subscription.event_type];
    field_sets.insert(field_set);
    if (field_sets.size() > limits_.field_sets_max) {
      return over_limit("different sets of fields", field_sets.size(), limits_.field_sets_max,
                        "RIG_FIELD_SETS_MAX");
    }
    subscription.clauses.push_back(std::move(clause));
    return {};
  }

  const SubscriptionLimits& limits_;
  const UnknownFields unknown_fields_;
  const Extractors& extractors_;
  std::map<std::string, std::set<std::uint64_t>> field_sets_;  // by event type
};

}  // namespace

std::string over_limit(std::string_view what, std::size_t count, std::size_t max,
                       std::string_view setting) {
  return std::to_string(count) + " " + std::string(what) + ", at most " + std::to_string(max) +
         " are allowed (" + std::string(setting) + ")";
}

FieldValue scalar(JsonText text) {
  switch (text.kind()) {
    case Kind::kString: return FieldValue(std::string_view(text.string()));
    case Kind::kBoolean: return FieldValue(text.boolean());
    case Kind::kNumber: {
      const auto number = text.number();
      if (number.is_int64()) return FieldValue(number.get_int64());
      if (number.is_uint64()) return FieldValue(number.get_uint64());
      return FieldValue(number.get_double());
    }
    default: return {};
  }
}

boost::system::result<SubscriptionList, std::string> SubscriptionParser::parse(
    std::string_view json) const {
  if (const auto valid = parse_json(json); valid.has_error())
    return "Failed to decode subscription list: " + valid.error();
  const std::string compact = compact_json(json);
  const JsonText list(compact);
  if (list.kind() != Kind::kArray) return "subscriptions is expected to be a JSON encoded list";
  const std::size_t count = count_elements(list);
  if (count > limits_.subscriptions_max) {
    return over_limit("subscriptions", count, limits_.subscriptions_max, "RIG_SUBSCRIPTIONS_MAX");
  }

  SubscriptionList subscriptions;
  subscriptions.reserve(count);
  Request request(limits_, unknown_fields_, extractors_);
  Refusal refusal;
  list.for_each_element([&](JsonText element) {
    if (refusal) return;
    refusal = request.read(element, subscriptions.emplace_back());
  });
  if (refusal) {
    return "invalid subscription: " + *refusal + " (subscription " +
           std::to_string(subscriptions.size()) + ")";
  }
  return subscriptions;
}

boost::system::result<SubscriptionList, RequestError> SubscriptionParser::parse_request(
    std::string_view json) const {
  using Reason = RequestError::Reason;
  if (const auto valid = parse_json(json); valid.has_error())
    return RequestError{Reason::kNotJson, valid.error()};
  const std::string compact = compact_json(json);
  const JsonText request(compact);
  std::optional<std::string_view> list;
  if (request.kind() == Kind::kObject) {
    request.for_each_member([&](JsonText name, JsonText value) {
      if (name.string() == "subscriptions") list = value.text();
    });
  }
  if (!list) {
    return RequestError{Reason::kNoSubscriptions,
                        "Expected field \"subscriptions\" is not present."};
  }
  auto subscriptions = parse(*list);
  if (!subscriptions) return RequestError{Reason::kInvalid, subscriptions.error()};
  return *std::move(subscriptions);
}

}  // namespace rig::subscriptions

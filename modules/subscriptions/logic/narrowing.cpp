#include "logic/narrowing.hpp"

#include "logic/subscription_parser.hpp"

#include <rig/cloudevents/codec.hpp>

#include <algorithm>
#include <utility>

namespace rig::subscriptions {
using cloudevents::FieldValue;
using cloudevents::quote_json;
using Kind = JsonText::Kind;

/// A clause of a client. Its text is what counts: that is what the client reads of it.
struct Narrowing::AskedClause {
  Clause others;            ///< the fields that are not enforced
  std::string others_json;  ///< all other members as the client wrote them, each with a comma
  std::vector<FieldValue> enforced;  ///< what it asks of each enforced field; nothing: any value
};

bool Narrowing::concerns(const Subscription& subscription) const noexcept {
  const TypeFields* fields = extractors_.fields_of(subscription.event_type);
  return fields != nullptr && !fields->enforced.empty();
}

std::optional<std::string> Narrowing::narrow(Subscription& subscription) {
  const TypeFields* fields = extractors_.fields_of(subscription.event_type);
  if (fields == nullptr || fields->enforced.empty()) return {};
  JsonText type("\"\"");
  JsonText one_of("[]");
  JsonText(subscription.json).for_each_member([&](JsonText name, JsonText value) {
    (name.string() == "oneOf" ? one_of : type) = value;
  });
  if (one_of.text() == "[]") one_of = JsonText("[{}]");

  ClauseBuilder clauses(limits_);
  const auto& tokens = allowed_by_tokens(*fields);
  one_of.for_each_element([&](JsonText json) {
    const auto asked = read(json, *fields);
    if (!asked) return;
    for (const Allowed& allowed : tokens) add(*asked, allowed, *fields, clauses);
  });
  if (auto refusal = clauses.refusal(subscription.event_type)) return refusal;
  subscription = std::move(clauses).build(subscription.event_type, type.text());
  return {};
}

const std::vector<Narrowing::Allowed>& Narrowing::allowed_by_tokens(const TypeFields& fields) {
  const auto [at, is_new] = allowed_.try_emplace(&fields);
  if (!is_new) return at->second;
  for (const auto* claims : claims_) {
    Allowed allowed;
    for (const std::size_t position : fields.enforced)
      allowed.emplace_back(*claims, *fields.claims[position]);
    at->second.push_back(std::move(allowed));
  }
  return at->second;
}

/// Nothing if the clause can never hold.
std::optional<Narrowing::AskedClause> Narrowing::read(JsonText json, const TypeFields& fields) {
  AskedClause asked;
  std::map<std::size_t, JsonText> constraints;  // by position; the last one of a name counts
  json.for_each_member([&](JsonText name, JsonText value) {
    const auto position = fields.position(name.string());
    if (position) constraints.insert_or_assign(*position, value);
    if (position && std::ranges::binary_search(fields.enforced, *position)) return;
    asked.others_json.append(name.text()).append(":").append(value.text()).append(",");
  });
  asked.enforced.resize(fields.enforced.size());
  for (const auto& [position, constraint] : constraints) {
    if (constraint.kind() == Kind::kNull) continue;
    FieldValue value = scalar(constraint);
    if (value.is_nothing()) return {};
    const auto enforced = std::ranges::lower_bound(fields.enforced, position);
    if (enforced != fields.enforced.end() && *enforced == position) {
      asked.enforced[static_cast<std::size_t>(enforced - fields.enforced.begin())] =
          std::move(value);
    } else {
      asked.others.fields.emplace_back(position, std::move(value));
    }
  }
  return asked;
}

void Narrowing::add(const AskedClause& asked, const Allowed& allowed, const TypeFields& fields,
                    ClauseBuilder& clauses) {
  std::vector<std::span<const ClaimValue>> choices;
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    const FieldValue& value = asked.enforced[i];
    choices.push_back(value.is_nothing() ? allowed[i].all() : allowed[i].only(value));
  }
  for_each_combination(choices, [&](const auto& picked) {
    Clause clause = asked.others;
    std::string json = "{" + asked.others_json;
    for (std::size_t i = 0; i < picked.size(); ++i) {
      const std::size_t position = fields.enforced[i];
      clause.fields.emplace_back(position, picked[i]->value);
      json.append(quote_json(fields.names[position])).append(":").append(picked[i]->json);
      json.push_back(i + 1 < picked.size() ? ',' : '}');
    }
    std::ranges::sort(clause.fields, {}, &decltype(clause.fields)::value_type::first);
    return clauses.add(std::move(clause), json);
  });
}

}  // namespace rig::subscriptions

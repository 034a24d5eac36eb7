#include "logic/clause_builder.hpp"

#include "logic/hash.hpp"

#include <rig/cloudevents/codec.hpp>

#include <utility>

namespace rig::subscriptions {

std::size_t ClauseBuilder::Hash::operator()(const Fields& fields) const noexcept {
  std::uint64_t hash = hash_seed();
  for (const auto& [position, value] : fields)
    hash = combine(combine(hash, position), value.hash());
  return hash;
}

bool ClauseBuilder::add(Clause clause, std::string_view json) {
  if (exceeded_ != Limit::kNone) return false;
  if (!seen_.insert(clause.fields).second) return true;
  if (clauses_.size() == limits_.clauses_max) exceeded_ = Limit::kClauses;
  if (json.size() >= limits_.bytes_left) exceeded_ = Limit::kBytes;
  if (exceeded_ != Limit::kNone) return false;
  limits_.bytes_left -= json.size() + 1;
  if (!json_.empty()) json_.push_back(',');
  json_.append(json);
  clauses_.push_back(std::move(clause));
  return true;
}

std::optional<std::string> ClauseBuilder::refusal(std::string_view event_type) const {
  if (exceeded_ == Limit::kNone) return {};
  const std::string what = "event type " + cloudevents::quote_json(event_type) +
                           ": with the values of the token's claims there are more ";
  if (exceeded_ == Limit::kBytes) return what + "bytes of subscriptions than are allowed";
  return what + "than " + std::to_string(limits_.clauses_max) + " clauses (RIG_CLAUSES_MAX)";
}

Subscription ClauseBuilder::build(std::string event_type, std::string_view type_json) && {
  std::string json = R"({"eventType":)";
  json.append(type_json).append(R"(,"oneOf":[)").append(json_).append("]}");
  return {std::move(event_type), std::move(clauses_), std::move(json)};
}

}  // namespace rig::subscriptions

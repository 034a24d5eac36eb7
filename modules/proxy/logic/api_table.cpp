#include "logic/api_table.hpp"

#include "logic/definition_check.hpp"
#include "logic/definition_parser.hpp"
#include "logic/definition_text.hpp"
#include "logic/fault_list.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace rig::proxy {
namespace {

namespace json = boost::json;

/// Whether `a` is the later change. Two changes that only their content tells apart should not be:
/// then some order, the same everywhere, keeps the nodes from differing for ever.
bool is_later(const ApiEntry& a, const ApiEntry& b) {
  const auto order = [](const ApiEntry& entry) {
    return std::tie(entry.ref_number, entry.timestamp, entry.node, entry.change, entry.definition,
                    entry.active);
  };
  return order(a) > order(b);
}

}  // namespace

ApiTable::ApiTable(DefinitionRules rules, std::string node, std::size_t ids_max)
    : rules_(std::move(rules)), node_(std::move(node)), ids_max_(ids_max) {}

const ApiEntry* ApiTable::find(std::string_view id) const {
  const auto found = known_.find(id);
  return found == known_.end() ? nullptr : &found->second.entry;
}

bool ApiTable::is_active(std::string_view id) const {
  const auto found = known_.find(id);
  return found != known_.end() && found->second.api != nullptr;
}

/// An entry that comes after what is known of its API, even if the clock went back.
ApiEntry ApiTable::next(const std::string& id, const Stamp& stamp) const {
  ApiEntry entry;
  entry.id = id;
  entry.timestamp = stamp.time;
  entry.node = node_;
  entry.change = stamp.change;
  if (const auto* before = find(id)) {
    const bool is_last = before->ref_number == std::numeric_limits<std::uint64_t>::max();
    entry.ref_number = is_last ? before->ref_number : before->ref_number + 1;
    if (is_last)
      entry.timestamp = std::max(entry.timestamp, before->timestamp + std::chrono::microseconds(1));
  }
  return entry;
}

ApiTable::Plan ApiTable::plan(const json::value& definition, const DefinitionRules& rules,
                              const Stamp& stamp) const {
  auto api = parse_definition(definition, rules);
  if (!api) return {{Outcome::kInvalid, {}, std::move(api).error()}};
  const auto id = api->id;
  if (!known_.contains(id) && known_.size() >= ids_max_) return {{Outcome::kFull, id}};
  Plan plan{{Outcome::kDone, id}, next(id, stamp), nullptr};
  plan.entry.active = api->active;
  if (api->active) {
    plan.entry.definition = json::serialize(as_kept(definition.get_object()));
    plan.api = std::make_shared<const Api>(*std::move(api));
  }
  return plan;
}

ApiChange ApiTable::make(Plan plan) {
  if (plan.change.outcome != Outcome::kDone) return std::move(plan.change);
  const auto* before = find(plan.change.id);
  if (before == nullptr || is_later(plan.entry, *before)) {
    Known known{std::move(plan.entry), std::move(plan.api)};
    known_.insert_or_assign(plan.change.id, std::move(known));
  }
  return std::move(plan.change);
}

ApiTable::Plan ApiTable::create(const json::value& definition, const Stamp& stamp) const {
  auto errors = check_definition(definition, rules_);
  if (!errors.empty()) return {{Outcome::kInvalid, {}, std::move(errors)}};
  const std::string id(text_of(definition.get_object(), "id"));
  if (is_active(id)) return {{Outcome::kExists, id}};
  return plan(definition, rules_, stamp);
}

ApiTable::Plan ApiTable::replace(const std::string& id, const json::value& definition,
                                 const Stamp& stamp) const {
  if (!is_active(id)) return {{Outcome::kUnknown, id}};
  auto body = definition;
  if (body.is_object()) body.get_object()["id"] = id;
  auto errors = check_definition(body, rules_);
  if (!errors.empty()) return {{Outcome::kInvalid, id, std::move(errors)}};
  auto merged = json::parse(find(id)->definition);
  for (auto& [name, value] : body.get_object()) merged.get_object()[name] = std::move(value);
  auto rules = rules_;
  rules.is_merged = true;
  return plan(merged, rules, stamp);
}

ApiTable::Plan ApiTable::put(const json::value& definition, const Stamp& stamp) const {
  return plan(definition, rules_, stamp);
}

ApiTable::Plan ApiTable::remove(const std::string& id, const Stamp& stamp) const {
  if (!is_active(id)) return {{Outcome::kUnknown, id}};
  Plan plan{{Outcome::kDone, id}, next(id, stamp), nullptr};
  plan.entry.active = false;
  return plan;
}

ApiTable::Merged ApiTable::merge(const ApiEntry& entry) {
  const auto* before = find(entry.id);
  if (before != nullptr && !is_later(entry, *before)) return Merged::kUnchanged;
  if (before == nullptr && known_.size() >= ids_max_) return Merged::kFull;
  Known known{entry, nullptr};
  if (entry.active) {
    auto rules = rules_;
    rules.is_merged = true;
    // Without keys, what is secured there lets nobody in here.
    rules.has_keys = true;
    boost::system::error_code error;
    const auto definition = json::parse(entry.definition, error);
    auto api = parse_definition(error ? json::value() : definition, rules);
    if (api.has_value() && api->id == entry.id && api->active)
      known.api = std::make_shared<const Api>(*std::move(api));
  }
  const bool is_readable = !entry.active || known.api != nullptr;
  known_.insert_or_assign(entry.id, std::move(known));
  return is_readable ? Merged::kChanged : Merged::kUnreadable;
}

std::vector<ApiEntry> ApiTable::entries() const {
  std::vector<ApiEntry> entries;
  entries.reserve(known_.size());
  for (const auto& [id, known] : known_) entries.push_back(known.entry);
  return entries;
}

std::string ApiTable::list() const {
  std::string list = "[";
  for (const auto& [id, known] : known_) {
    if (known.api == nullptr) continue;
    if (list.size() > 1) list += ',';
    list += to_json(*known.api, known.entry);
  }
  return list + "]";
}

std::optional<std::string> ApiTable::get(std::string_view id) const {
  const auto found = known_.find(id);
  if (found == known_.end() || found->second.api == nullptr) return std::nullopt;
  return to_json(*found->second.api, found->second.entry);
}

std::vector<std::shared_ptr<const Api>> ApiTable::served() const {
  std::vector<std::shared_ptr<const Api>> served;
  for (const auto& [id, known] : known_) {
    if (known.api != nullptr && !known.api->versioned) served.push_back(known.api);
  }
  return served;
}

std::size_t ApiTable::active() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(known_, [](const auto& item) { return item.second.api != nullptr; }));
}

}  // namespace rig::proxy

#include "logic/file_apis.hpp"

#include "logic/fault_list.hpp"

#include <boost/json/serialize.hpp>

#include <utility>

namespace rig::proxy {

FileApis::Outcome FileApis::load(const std::vector<boost::json::object>& definitions,
                                 ApiTable& table, const MakeStamp& make_stamp) {
  Outcome outcome;
  std::map<std::string, Loaded, std::less<>> now;
  for (const auto& definition : definitions) {
    std::string id(text_of(definition, "id"));
    auto text = boost::json::serialize(definition);
    if (const auto before = loaded_.find(id);
        before != loaded_.end() && before->second.definition == text) {
      now.insert(loaded_.extract(before));
      continue;
    }
    loaded_.erase(id);
    const auto stamp = make_stamp();
    if (table.make(table.put(definition, stamp)).outcome != ApiTable::Outcome::kDone) {
      outcome.refused.push_back(std::move(id));
      continue;
    }
    outcome.changed.push_back(id);
    now.emplace(std::move(id), Loaded{std::move(text), stamp.change});
  }
  for (const auto& [id, gone] : loaded_) {
    const auto* entry = table.find(id);
    // Whoever has changed it since owns it.
    if (entry == nullptr || entry->change != gone.change) continue;
    if (table.make(table.remove(id, make_stamp())).outcome == ApiTable::Outcome::kDone)
      outcome.changed.push_back(id);
  }
  loaded_ = std::move(now);
  return outcome;
}

}  // namespace rig::proxy

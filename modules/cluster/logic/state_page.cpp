#include "logic/state_page.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <utility>

namespace rig::cluster {
namespace {

namespace json = boost::json;
using proxy::ApiEntry;
using sessions::BlacklistEntry;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kEntryBytes = 200;  // of what stands beside the texts

json::object to_json(const BlacklistEntry& entry) {
  return {{"session", entry.session},
          {"until", entry.until.time_since_epoch().count()},
          {"rememberedUntil", entry.remembered_until.time_since_epoch().count()},
          {"version", entry.version},
          {"lifted", entry.is_lifted}};
}

json::object to_json(const ApiEntry& entry) {
  return {{"id", entry.id},
          {"refNumber", entry.ref_number},
          {"timestamp", entry.timestamp.time_since_epoch().count()},
          {"node", entry.node},
          {"change", entry.change},
          {"active", entry.active},
          {"definition", entry.definition}};
}

// These throw if a member is missing or of another type; `parse_page` catches.

BlacklistEntry blacklist_entry(const json::object& object) {
  BlacklistEntry entry;
  entry.session = json::value_to<std::string>(object.at("session"));
  entry.until = sys_seconds(seconds(object.at("until").to_number<std::int64_t>()));
  entry.remembered_until =
      sys_seconds(seconds(object.at("rememberedUntil").to_number<std::int64_t>()));
  entry.version = object.at("version").to_number<std::uint64_t>();
  entry.is_lifted = object.at("lifted").as_bool();
  return entry;
}

ApiEntry api_entry(const json::object& object) {
  ApiEntry entry;
  entry.id = json::value_to<std::string>(object.at("id"));
  entry.ref_number = object.at("refNumber").to_number<std::uint64_t>();
  entry.timestamp = ApiEntry::Time(microseconds(object.at("timestamp").to_number<std::int64_t>()));
  entry.node = json::value_to<std::string>(object.at("node"));
  entry.change = json::value_to<std::string>(object.at("change"));
  entry.active = object.at("active").as_bool();
  entry.definition = json::value_to<std::string>(object.at("definition"));
  return entry;
}

template <class Entry>
void read_entries(const json::object& page, std::string_view name, std::vector<Entry>& entries,
                  Entry (*read)(const json::object&)) {
  const auto* found = page.if_contains(name);
  if (found == nullptr) return;
  for (const auto& entry : found->as_array()) entries.push_back(read(entry.as_object()));
}

template <class Entry>
json::array entries_of(const std::vector<Entry>& entries) {
  json::array array;
  for (const auto& entry : entries) array.push_back(to_json(entry));
  return array;
}

std::size_t bytes_of(const BlacklistEntry& entry) { return kEntryBytes + entry.session.size(); }
std::size_t bytes_of(const ApiEntry& entry) {
  return kEntryBytes + entry.id.size() + entry.definition.size();
}

/// Fills pages in their order.
class Paging {
 public:
  Paging(std::string node, std::size_t bytes_max) : node_(std::move(node)), bytes_max_(bytes_max) {
    begin();
  }

  template <class Entry>
  void add(std::vector<Entry> StatePage::* where, std::vector<Entry>& entries) {
    for (auto& entry : entries) {
      const auto bytes = bytes_of(entry);
      if (bytes_ > 0 && bytes_ + bytes > bytes_max_) begin();
      bytes_ += bytes;
      (pages_.back().*where).push_back(std::move(entry));
    }
  }
  std::vector<StatePage> finish() {
    pages_.back().is_last = true;
    return std::move(pages_);
  }

 private:
  void begin() {
    pages_.emplace_back().node = node_;
    bytes_ = 0;
  }

  const std::string node_;
  const std::size_t bytes_max_;
  std::vector<StatePage> pages_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::string to_text(const StatePage& page) {
  return json::serialize(json::object{{"node", page.node},
                                      {"blacklist", entries_of(page.blacklist)},
                                      {"apis", entries_of(page.apis)},
                                      {"last", page.is_last}});
}

boost::system::result<StatePage, std::string> parse_page(std::string_view text) {
  boost::system::error_code error;
  const auto parsed = json::parse(text, error);
  using boost::system::in_place_error;
  if (error) return {in_place_error, "it is no JSON: " + error.message()};
  try {
    const auto& object = parsed.as_object();
    StatePage page;
    page.node = json::value_to<std::string>(object.at("node"));
    read_entries(object, "blacklist", page.blacklist, &blacklist_entry);
    read_entries(object, "apis", page.apis, &api_entry);
    if (const auto* last = object.if_contains("last")) page.is_last = last->as_bool();
    return page;
  } catch (const std::exception&) {
    return {in_place_error, "a member is missing or of another type"};
  }
}

std::vector<StatePage> pages_of(StatePage everything, std::size_t bytes_max) {
  Paging paging(std::move(everything.node), bytes_max);
  paging.add(&StatePage::blacklist, everything.blacklist);
  paging.add(&StatePage::apis, everything.apis);
  return paging.finish();
}

}  // namespace rig::cluster

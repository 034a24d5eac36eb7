#include "logic/state_record.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <chrono>
#include <cstdint>
#include <exception>

namespace rig::cluster {
namespace {

namespace json = boost::json;
using proxy::ApiEntry;
using sessions::BlacklistEntry;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

sys_seconds time_of(const json::value& value) {
  return sys_seconds(seconds(value.to_number<std::int64_t>()));
}

// These throw if a member is missing or of another type; `parse` catches.

BlacklistEntry blacklist_entry(const json::object& object) {
  BlacklistEntry entry;
  entry.session = json::value_to<std::string>(object.at("session"));
  entry.until = time_of(object.at("until"));
  entry.remembered_until = time_of(object.at("rememberedUntil"));
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
Parsed<Entry> parse(std::string_view text, Entry (*read)(const json::object&)) {
  using boost::system::in_place_error;
  boost::system::error_code error;
  const auto parsed = json::parse(text, error);
  if (error) return {in_place_error, "it is no JSON: " + error.message()};
  try {
    return read(parsed.as_object());
  } catch (const std::exception&) {
    return {in_place_error, "a member is missing or of another type"};
  }
}

}  // namespace

std::string to_text(const BlacklistEntry& entry) {
  return json::serialize(
      json::object{{"session", entry.session},
                   {"until", entry.until.time_since_epoch().count()},
                   {"rememberedUntil", entry.remembered_until.time_since_epoch().count()},
                   {"version", entry.version},
                   {"lifted", entry.is_lifted}});
}

Parsed<BlacklistEntry> parse_blacklist_entry(std::string_view text) {
  return parse(text, &blacklist_entry);
}

std::string to_text(const ApiEntry& entry) {
  return json::serialize(json::object{{"id", entry.id},
                                      {"refNumber", entry.ref_number},
                                      {"timestamp", entry.timestamp.time_since_epoch().count()},
                                      {"node", entry.node},
                                      {"change", entry.change},
                                      {"active", entry.active},
                                      {"definition", entry.definition}});
}

Parsed<ApiEntry> parse_api_entry(std::string_view text) { return parse(text, &api_entry); }

}  // namespace rig::cluster

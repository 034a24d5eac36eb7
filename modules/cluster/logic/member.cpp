#include "logic/member.hpp"

#include "logic/subjects.hpp"

#include <rig/core/escape.hpp>
#include <rig/core/rfc3339.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <optional>

namespace rig::cluster {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextBytesMax = 64U << 10U;
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kWordBytesMax = 32;
constexpr auto kLastMoment = Member::Time(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));

// These throw if a member is missing or of another type; `parse_member` catches.

std::string text_of(const json::object& object, std::string_view name, std::size_t bytes_max) {
  return std::string(core::cut(object.at(name).as_string(), bytes_max));
}

Member::Time time_of(const json::value& milliseconds) {
  const Member::Time time(std::chrono::milliseconds(milliseconds.to_number<std::int64_t>()));
  return std::clamp(time, Member::Time(), kLastMoment);
}

void read_interest(const json::object& interest, Member& member) {
  member.interest = interest.at("count").to_number<std::uint64_t>();
  for (const auto& type : interest.at("types").as_array()) {
    if (member.types.size() == kTypesMax) return;
    member.types.emplace_back(core::cut(type.as_string(), kTypeBytesMax));
  }
}

Member member_of(const json::object& object) {
  Member member;
  member.id = json::value_to<std::string>(object.at("id"));
  member.name = text_of(object, "name", kNameBytesMax);
  member.version = text_of(object, "version", kWordBytesMax);
  member.state = text_of(object, "state", kWordBytesMax);
  member.since = time_of(object.at("since"));
  member.connections = object.at("connections").to_number<std::uint64_t>();
  read_interest(object.at("interest").as_object(), member);
  return member;
}

}  // namespace

std::string to_text(const Member& member) {
  return json::serialize(json::object{
      {"id", member.id},
      {"name", member.name},
      {"version", member.version},
      {"state", member.state},
      {"since", member.since.time_since_epoch().count()},
      {"connections", member.connections},
      {"interest", {{"count", member.interest}, {"types", json::value_from(member.types)}}}});
}

boost::system::result<Member, std::string> parse_member(std::string_view text) {
  using boost::system::in_place_error;
  if (text.size() > kTextBytesMax) return {in_place_error, "it is too long"};
  boost::system::error_code error;
  const auto parsed = json::parse(text, error);
  if (error) return {in_place_error, "it is no JSON: " + error.message()};
  try {
    auto member = member_of(parsed.as_object());
    if (!is_cluster_name(member.id)) return {in_place_error, "the id is none"};
    return member;
  } catch (const std::exception&) {
    return {in_place_error, "a member is missing or of another type"};
  }
}

std::string to_text(Member::Time time) { return utc_text(time); }

}  // namespace rig::cluster

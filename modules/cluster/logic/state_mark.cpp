#include "logic/state_mark.hpp"

#include <functional>
#include <string>
#include <tuple>

namespace rig::cluster {

BlacklistMark::BlacklistMark(const sessions::BlacklistEntry& entry)
    : version(entry.version),
      is_cut_off(!entry.is_lifted),
      until(entry.until),
      remembered_until(entry.remembered_until) {}

bool BlacklistMark::is_behind(const BlacklistMark& other) const {
  const auto rank = [](const BlacklistMark& mark) {
    return std::tie(mark.version, mark.is_cut_off, mark.until, mark.remembered_until);
  };
  return rank(*this) < rank(other);
}

ApiMark::ApiMark(const proxy::ApiEntry& entry)
    : ref_number(entry.ref_number),
      timestamp(entry.timestamp),
      is_active(entry.active),
      definition_hash(std::hash<std::string>()(entry.definition)) {}

bool ApiMark::is_behind(const ApiMark& other) const {
  return std::tie(ref_number, timestamp) < std::tie(other.ref_number, other.timestamp);
}

bool ApiMark::operator==(const ApiMark& other) const {
  return std::tie(ref_number, is_active, definition_hash) ==
         std::tie(other.ref_number, other.is_active, other.definition_hash);
}

}  // namespace rig::cluster

#include "logic/cluster_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

namespace rig::cluster {
namespace {

namespace json = boost::json;

json::object to_json(const Member& member) {
  return {{"id", member.id},
          {"name", member.name},
          {"version", member.version},
          {"state", member.state},
          {"since", to_text(member.since)},
          {"connections", member.connections},
          {"interest", {{"count", member.interest}, {"types", json::value_from(member.types)}}}};
}

}  // namespace

std::string to_text(const ClusterView& view) {
  json::array nodes{to_json(view.self)};
  for (const auto& other : view.others) nodes.push_back(to_json(other));
  return json::serialize(
      json::object{{"bus", view.bus}, {"self", view.self.id}, {"nodes", std::move(nodes)}});
}

}  // namespace rig::cluster

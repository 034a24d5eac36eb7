#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace rig::proxy::testing {

inline boost::json::value json_of(std::string_view text) { return boost::json::parse(text); }

/// A definition with what is required, and with `more` members, like `,"active":false`.
inline boost::json::value definition(const std::string& id, const std::string& more = "",
                                     const std::string& endpoints = "") {
  return json_of(R"({"id":")" + id +
                 R"(","name":"N","proxy":{"target_url":"localhost","port":80},)"
                 R"("version_data":{"default":{"endpoints":[)" +
                 endpoints + "]}}" + more + "}");
}

/// An endpoint with what is required, and with `more` members.
inline std::string endpoint(const std::string& id, const std::string& more = "") {
  return R"({"id":")" + id + R"(","method":"GET","path_regex":"/x")" + more + "}";
}

}  // namespace rig::proxy::testing

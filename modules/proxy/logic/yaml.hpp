#pragma once

#include "logic/fault.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace rig::proxy {

/// A YAML document as JSON, by the core schema of YAML 1.2; the error says what is wrong and where.
/// Depth and size are bounded, aliases resolved; merge keys and keys that are no strings are
/// refused.
[[nodiscard]] Read<boost::json::value> parse_yaml(const std::string& text);

}  // namespace rig::proxy

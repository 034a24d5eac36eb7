#include "logic/definition_syntax.hpp"

#include <rig/core/field_syntax.hpp>

namespace rig::proxy {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }

}  // namespace

bool is_field_value(std::string_view text) noexcept {
  if (text.empty()) return true;
  if (is_space(text.front()) || is_space(text.back())) return false;
  return has_value_chars_alone(text);
}

}  // namespace rig::proxy

#include "logic/text.hpp"

#include <cstddef>

namespace rig::cloudevents {

std::string_view trim(std::string_view text, std::string_view blanks) noexcept {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace rig::cloudevents

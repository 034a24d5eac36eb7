#include "logic/proc_text.hpp"

#include <charconv>
#include <cstddef>

namespace rig::metrics {
namespace {

/// The word number `index`, counted from 0, as a number.
std::optional<std::uint64_t> number_at(std::string_view words, std::size_t index) {
  for (; index > 0; --index) {
    const auto gap = words.find(' ');
    if (gap == std::string_view::npos) return std::nullopt;
    words.remove_prefix(gap + 1);
  }
  std::uint64_t number = 0;
  const auto result = std::from_chars(words.data(), words.data() + words.size(), number);
  if (result.ec != std::errc()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> resident_pages(std::string_view statm) { return number_at(statm, 1); }

std::optional<std::uint64_t> start_ticks(std::string_view stat) {
  // The second word is the program's name in parentheses and may hold anything, spaces and
  // parentheses too; behind the last one words are counted from the third.
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  return number_at(stat.substr(name_end + 2), 19);
}

}  // namespace rig::metrics

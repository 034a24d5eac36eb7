#include "logic/reply_parts.hpp"

#include <utility>

namespace rig::cluster {
namespace {

constexpr char kMore = '*';
constexpr char kLast = '+';
constexpr char kRefused = '-';

}  // namespace

std::vector<std::string> parts_of(const std::optional<std::string>& answer, std::size_t bytes_max) {
  if (!answer) return {std::string(1, kRefused)};
  std::vector<std::string> parts;
  std::string_view rest = *answer;
  do {
    const auto part = rest.substr(0, bytes_max);
    rest.remove_prefix(part.size());
    parts.emplace_back(1, rest.empty() ? kLast : kMore).append(part);
  } while (!rest.empty());
  return parts;
}

std::optional<peers::CallResult> ReplyParts::add(std::string_view part) {
  const char mark = part.empty() ? kRefused : part.front();
  const bool is_part = mark == kMore || mark == kLast;
  if (!is_part || text_.size() + part.size() > kAnswerBytesMax) return peers::CallFailure::kRefused;
  text_.append(part.substr(1));
  if (mark == kMore) return std::nullopt;
  return std::exchange(text_, {});
}

}  // namespace rig::cluster

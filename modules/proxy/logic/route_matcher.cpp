#include "logic/route_matcher.hpp"

#include "logic/http_text.hpp"
#include "logic/regex_options.hpp"

#include <algorithm>

namespace rig::proxy {

RouteMatcher::RouteMatcher() = default;
RouteMatcher::~RouteMatcher() = default;
RouteMatcher::RouteMatcher(RouteMatcher&&) noexcept = default;

boost::system::result<RouteMatcher, std::string> RouteMatcher::of_regex(std::string_view pattern) {
  const auto options = regex_options(re2::RE2::Options::kDefaultMaxMem);
  // Alone first: "a)(b" must not become valid by the group around it.
  const re2::RE2 alone(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!alone.ok())
    return std::string("The pattern is not valid for RE2: ").append(alone.error()).append(".");
  RouteMatcher matcher;
  matcher.pattern_ = pattern;
  matcher.shape_ = shape_of(pattern);
  // A match of groups is found without the lock that RE2 takes to find one without.
  const auto grouped = std::string("(").append(pattern).append(")");
  matcher.regex_ = std::make_unique<re2::RE2>(grouped, options);
  if (!matcher.regex_->ok()) return std::string("The pattern is too large.");
  return matcher;
}

boost::system::result<RouteMatcher, std::string> RouteMatcher::of_path(std::string_view text) {
  auto path = parse_template(text);
  if (!path) return std::move(path).error();
  RouteMatcher matcher;
  matcher.path_ = *std::move(path);
  return matcher;
}

bool RouteMatcher::match(std::string_view path, Captures& captures) const {
  captures.clear();
  if (regex_ == nullptr) return match_segments(path, captures);
  if (!shape_.is_literal) return match_regex(path, captures);
  if (!iequals(path, shape_.prefix)) return false;
  captures.push_back(path);
  return true;
}

bool RouteMatcher::match_regex(std::string_view path, Captures& captures) const {
  const int groups = regex_->NumberOfCapturingGroups();
  // The first is the whole match, the second our group, which is the same.
  boost::container::small_vector<re2::StringPiece, 10> found(static_cast<std::size_t>(groups) + 1);
  if (!regex_->Match(re2::StringPiece(path.data(), path.size()), 0, path.size(),
                     re2::RE2::ANCHOR_BOTH, found.data(), groups + 1))
    return false;
  for (std::size_t i = 1; i < found.size(); ++i)
    captures.emplace_back(found[i].data(), found[i].size());
  return true;
}

bool RouteMatcher::match_segments(std::string_view path, Captures& captures) const {
  captures.push_back(path);
  for (const auto& segment : path_.segments) {
    if (!path.starts_with('/')) return false;
    path.remove_prefix(1);
    const auto text = path.substr(0, path.find('/'));
    path.remove_prefix(text.size());
    if (segment.is_name ? text.empty() : text != segment.text) return false;
    if (segment.is_name) captures.push_back(text);
  }
  return path.empty();
}

std::size_t RouteMatcher::groups() const {
  if (regex_ != nullptr) return static_cast<std::size_t>(regex_->NumberOfCapturingGroups()) - 1;
  return static_cast<std::size_t>(
      std::ranges::count_if(path_.segments, &PathTemplate::Segment::is_name));
}

std::optional<std::string> RouteMatcher::example() const {
  if (regex_ != nullptr) return shape_.is_literal ? std::optional(shape_.prefix) : std::nullopt;
  std::string path;
  for (const auto& segment : path_.segments) {
    // Stars make it a segment that no literal is likely to be.
    const auto* const star = segment.is_name ? "*" : "";
    path.append("/").append(star).append(segment.text).append(star);
  }
  return path;
}

}  // namespace rig::proxy

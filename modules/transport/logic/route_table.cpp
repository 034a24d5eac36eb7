#include "logic/route_table.hpp"

#include <rig/core/error.hpp>

#include <algorithm>

namespace rig::transport {

namespace {

std::string_view without_trailing_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// "/a/{b}" → {"a", ""}.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    segments.emplace_back(segment.starts_with('{') && segment.ends_with('}') ? "" : segment);
    path.remove_prefix(end);
  }
  return segments;
}

bool fits(const std::vector<std::string>& segments, std::string_view path) {
  for (const auto& segment : segments) {
    if (path.empty()) return false;
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    if (segment.empty() ? end == 0 : path.substr(0, end) != segment) return false;
    path.remove_prefix(end);
  }
  return path.empty();
}

void append_word(std::string& list, std::string_view word) {
  if (!list.empty()) list += ", ";
  list += word;
}

}  // namespace

void RouteTable::add(const Route& route, Target target) {
  Paths& paths = doors_[static_cast<std::size_t>(route.door)];
  const std::string_view name = without_trailing_slash(route.path);
  Path* path = nullptr;
  if (name.find('{') == std::string_view::npos) {
    path = &paths.exact[std::string(name)];
  } else {
    auto segments = segments_of(name);
    auto known = std::find_if(paths.templates.begin(), paths.templates.end(),
                              [&](const Template& t) { return t.segments == segments; });
    if (known == paths.templates.end())
      known = paths.templates.insert(known, Template{std::move(segments), {}});
    path = &known->path;
  }
  for (const auto& method : path->methods) {
    if (method.name == route.method)
      throw StartupError("the route " + std::string(route.method) + " " + std::string(route.path) +
                         " is served by two endpoints");
  }
  path->methods.push_back(Method{std::string(route.method), target});
  append_word(path->allow, route.method);
  if (route.method == "GET") append_word(path->allow, "HEAD");
  append_word(path->cors_methods, route.method);
  if (!route.cors_headers.empty()) path->cors_headers = route.cors_headers;
  path->cors_credentials = path->cors_credentials || route.cors_credentials;
  path->open = path->open && route.open;
}

const RouteTable::Path* RouteTable::path_of(Door door, std::string_view path) const {
  const Paths& paths = doors_[static_cast<std::size_t>(door)];
  path = without_trailing_slash(path);
  if (const auto exact = paths.exact.find(std::string(path)); exact != paths.exact.end())
    return &exact->second;
  if (!path.starts_with('/')) return nullptr;
  for (const auto& candidate : paths.templates) {
    if (fits(candidate.segments, path)) return &candidate.path;
  }
  return nullptr;
}

RouteTable::Match RouteTable::find(Door door, std::string_view method,
                                   std::string_view path) const {
  Match match;
  const Path* found = path_of(door, path);
  if (found == nullptr) return match;
  match.allow = found->allow;
  match.cors_methods = found->cors_methods;
  match.cors_headers = found->cors_headers;
  match.cors_credentials = found->cors_credentials;
  match.open = found->open;
  match.kind = method == "OPTIONS" ? Match::Kind::kOptions : Match::Kind::kWrongMethod;
  for (const auto& served : found->methods) {
    if (served.name != method && !(method == "HEAD" && served.name == "GET")) continue;
    match.kind = Match::Kind::kFound;
    match.target = served.target;
    break;
  }
  return match;
}

}  // namespace rig::transport

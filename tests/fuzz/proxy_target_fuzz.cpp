// Lines: a request target, a pattern, a replacement. A path that is taken is normal for good, and
// nothing leads to another host.

#include "logic/path.hpp"
#include "logic/path_rewrite.hpp"
#include "logic/route_set.hpp"
#include "logic/route_warnings.hpp"

#include <rig/core/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace rig::proxy;

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

void expect_normal(std::string_view path) {
  RIG_ASSERT(path.starts_with('/') && !path.starts_with("//"));
  std::string buffer;
  const auto again = normalise_path(path, buffer);
  RIG_ASSERT(again.has_value() && *again == path);
  const auto closed = std::string(path) + "/";
  RIG_ASSERT(closed.find("/../") == std::string::npos && closed.find("/./") == std::string::npos);
}

/// One endpoint, as a pattern and as a template.
std::shared_ptr<const Api> api_of(std::string_view text, std::string_view replacement) {
  auto api = std::make_shared<Api>();
  Endpoint endpoint;
  endpoint.method = "GET";
  endpoint.path_replacement = replacement;
  endpoint.path_regex = text;
  api->endpoints.push_back(endpoint);
  endpoint.path_regex.clear();
  endpoint.path = text;
  api->endpoints.push_back(endpoint);
  return api;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2048) return 0;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = take_line(text);
  const auto pattern = take_line(text);
  std::string buffer;
  const auto parsed = parse_target(target, buffer);
  if (!parsed) {
    RIG_ASSERT(!parsed.error().reason.empty());
    return 0;
  }
  if (parsed->form == RequestTarget::Form::kAsterisk) return 0;
  expect_normal(parsed->path);

  const std::vector<std::shared_ptr<const Api>> apis = {api_of(pattern, take_line(text))};
  const RouteSet routes(apis);
  (void)route_warnings(routes);
  const auto match = routes.find("GET", parsed->path);
  // The tree only saves work: what the endpoints find one by one is the same.
  const auto first = std::ranges::find_if(routes.routes(), [&](const CompiledRoute& route) {
    Captures captures;
    return route.matcher.match(parsed->path, captures);
  });
  RIG_ASSERT(match.has_value() == (first != routes.routes().end()));
  if (!match) return 0;
  RIG_ASSERT(match->route == &*first);
  if (!match->route->rewrite) return 0;
  const auto rewritten = match->route->rewrite->apply(match->captures, parsed->query);
  if (!rewritten) return 0;
  expect_normal(std::string_view(*rewritten).substr(0, rewritten->find('?')));
  RIG_ASSERT(rewritten->find_first_of(" \r\n\t") == std::string::npos);
  return 0;
}

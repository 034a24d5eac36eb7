#pragma once

#include "logic/path_rewrite.hpp"
#include "logic/route_matcher.hpp"
#include "logic/route_tree.hpp"

#include <rig/proxy/api_definition.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// An endpoint, ready for requests.
struct CompiledRoute {
  const Api* api;
  const Endpoint* endpoint;
  std::string name;  ///< "api/endpoint", for messages
  RouteMatcher matcher;
  std::optional<PathRewrite> rewrite;
};

struct RouteMatch {
  const CompiledRoute* route;  ///< as long as the set lives
  /// The whole path, then what each group or `{name}` took, in order; a group that took no part is
  /// empty. Views into the path that was looked up.
  Captures captures;
};

/// Which endpoint serves a request. Built once per change, then immutable; shards may share it. The
/// first route in order that fits wins, of both kinds: `path_regex` must match the whole path, in
/// any case; `path` is compared as it stands, segment by segment, and ends with a slash or not.
///
/// The segments that routes name form a tree, so a look-up costs what its path is long, and then
/// what the patterns cost that fit as far as they are literal. Those are tried in one pass
/// (RE2::Set, which takes a lock as a reader) where there are many. No input makes RE2 take more
/// than linear time.
class RouteSet {
 public:
  /// In the order that counts: APIs by id, then endpoints by position. The set refers to the APIs.
  explicit RouteSet(std::span<const std::shared_ptr<const Api>> apis);
  RouteSet(const RouteSet&) = delete;
  RouteSet& operator=(const RouteSet&) = delete;
  ~RouteSet();

  /// `path` is normalised. `HEAD` finds an endpoint of its own first, then what `GET` serves.
  [[nodiscard]] std::optional<RouteMatch> find(std::string_view method,
                                               std::string_view path) const;

  /// The methods that a path has endpoints for, as in `Allow` (RFC 9110, 10.2.1); empty: there is
  /// no such path. Looks once for each method that any route has.
  [[nodiscard]] std::string allowed_methods(std::string_view path) const;

  [[nodiscard]] std::span<const CompiledRoute> routes() const noexcept { return routes_; }
  /// Endpoints that cannot be served and are left out, each a sentence. A validated API has none.
  [[nodiscard]] std::span<const std::string> problems() const noexcept { return problems_; }

 private:
  struct Method {
    std::string name;
    RouteTree tree;
  };

  void add(const Api& api, const Endpoint& endpoint);
  RouteTree& tree_for(std::string_view method);
  [[nodiscard]] std::optional<RouteMatch> find_exactly(std::string_view method,
                                                       std::string_view path) const;

  std::vector<CompiledRoute> routes_;
  std::vector<Method> methods_;
  std::vector<std::string> problems_;
};

}  // namespace rig::proxy

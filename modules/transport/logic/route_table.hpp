#pragma once

#include <rig/transport/route.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

class HttpEndpoint;

/// Method and path → who serves it. Built once at start, read by all shards.
class RouteTable {
 public:
  /// The long-lived connections of the transport itself.
  enum class Connection : std::uint8_t { kNone, kSse, kWebSocket };
  /// What serves a route: an endpoint, or a connection that takes the socket over.
  struct Target {
    HttpEndpoint* endpoint = nullptr;
    Connection connection = Connection::kNone;
  };
  struct Match {
    enum class Kind : std::uint8_t { kFound, kNotFound, kWrongMethod, kOptions };
    Kind kind = Kind::kNotFound;
    Target target;
    std::string_view allow;         ///< the methods of the path; empty if there is no such path
    std::string_view cors_methods;  ///< those that a browser may use across origins
    std::string_view cors_headers;
    bool cors_credentials = false;
    bool open = false;  ///< every method of the path is
  };

  /// Throws StartupError if a route is served twice.
  void add(const Route& route, Target target);

  /// A trailing slash makes no difference. A HEAD request finds what GET serves.
  [[nodiscard]] Match find(Door door, std::string_view method, std::string_view path) const;

 private:
  struct Method {
    std::string name;
    Target target;
  };
  struct Path {
    std::vector<Method> methods;
    std::string allow;
    std::string cors_methods;
    std::string cors_headers;
    bool cors_credentials = false;
    bool open = true;
  };
  struct Template {
    std::vector<std::string> segments;  // empty: any
    Path path;
  };
  struct Paths {
    boost::unordered_flat_map<std::string, Path> exact;
    std::vector<Template> templates;
  };

  [[nodiscard]] const Path* path_of(Door door, std::string_view path) const;

  Paths doors_[2];
};

}  // namespace rig::transport

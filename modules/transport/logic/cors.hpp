#pragma once

#include <rig/transport/http_message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::transport {

/// What browsers on other origins may do (WHATWG Fetch, 3.2). One value is sent as it stands, as
/// the first RIG did; of several, the one that the request names.
class Cors {
 public:
  explicit Cors(std::string_view setting);

  /// `credentials`: the page's cookies may come with the request, if the setting names its origin;
  /// never together with `*`.
  void add_to(Headers& headers, const Headers& request, bool credentials = false) const;

 private:
  std::vector<std::string> origins_;
};

}  // namespace rig::transport

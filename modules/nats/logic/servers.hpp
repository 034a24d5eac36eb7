#pragma once

#include <rig/core/secret.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace rig::nats {

/// The servers of a setting, apart from what is said to them: an address may stand in a log.
struct Servers {
  std::vector<std::string> addresses;  ///< "host:port", "[v6]:port"
  bool wants_tls = false;              ///< one of them has the scheme `tls`
  std::string user;
  Secret password;
  Secret token;

  [[nodiscard]] bool has_credentials() const noexcept { return !user.empty() || !token.empty(); }
};

inline constexpr std::size_t kServersMax = 16;

/// `host:4222,nats://user:password@host,tls://token@[::1]:4222`: separated by commas; without a
/// port it is 4222. What is special in URLs is percent-encoded in user, password and token. Those
/// of several servers must be the same. The error never repeats the text, which may hold secrets.
boost::system::result<Servers, std::string> parse_servers(std::string_view text);

}  // namespace rig::nats

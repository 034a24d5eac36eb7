#include "config.hpp"

#include <rig/core/env.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace rig::peers {
namespace {

constexpr std::string_view kSecret = "CLUSTER_SECRET";
constexpr std::string_view kCookie = "NODE_COOKIE";
constexpr std::size_t kSecretBytesMin = 16;

}  // namespace

PeersConfig PeersConfig::from_env(EnvReader& env) {
  PeersConfig config;
  config.secret = env.secret(
      {kSecret,
       "What all gateways of a cluster know and nobody else: with it they tell the names of "
       "connections that one of them gave out from forged ones; needed with CLUSTER_URL"});
  auto cookie =
      env.secret({kCookie, "CLUSTER_SECRET by its name in RIG 2 and 3; used if that is empty"});
  const bool is_cookie = config.secret.empty();
  if (is_cookie) config.secret = std::move(cookie);
  const auto size = config.secret.reveal().size();
  if (size > 0 && size < kSecretBytesMin)
    env.warning(is_cookie ? kCookie : kSecret,
                "is shorter than 16 characters; it can be guessed from a name that a client has");
  return config;
}

}  // namespace rig::peers

#include "config.hpp"

#include <rig/core/env.hpp>
#include <rig/core/escape.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace rig::peers {
namespace {

constexpr std::string_view kSecret = "CLUSTER_SECRET";
constexpr std::string_view kCookie = "NODE_COOKIE";
constexpr std::size_t kSecretBytesMin = 16;
constexpr std::size_t kNameBytesMax = 255;

/// RIG 3 had an address of the old platform's network here, so anything is taken.
std::string read_name(EnvReader& env) {
  const auto text =
      env.text({"NODE_HOST",
                "What this gateway is called in GET /v3/cluster and /v3/sessions; empty: as the "
                "machine"},
               "");
  std::string name;
  core::append_escaped(name, core::cut(text, kNameBytesMax / 4));
  return name;
}

Secret read_secret(EnvReader& env) {
  auto secret = env.secret(
      {kSecret,
       "What all gateways of a cluster know and nobody else: with it they tell the names of "
       "connections that one of them gave out from forged ones; needed with CLUSTER_URL"});
  auto cookie =
      env.secret({kCookie, "CLUSTER_SECRET by its name in RIG 2 and 3; used if that is empty"});
  const bool is_cookie = secret.empty();
  if (is_cookie) secret = std::move(cookie);
  const auto size = secret.reveal().size();
  if (size > 0 && size < kSecretBytesMin)
    env.warning(is_cookie ? kCookie : kSecret,
                "is shorter than 16 characters; it can be guessed from a name that a client has");
  return secret;
}

}  // namespace

PeersConfig PeersConfig::from_env(EnvReader& env) {
  PeersConfig config;
  config.secret = read_secret(env);
  config.name = read_name(env);
  return config;
}

}  // namespace rig::peers

#include "io/link_maker.hpp"

#include "access.hpp"
#include "io/kept_link.hpp"
#include "logic/servers.hpp"

#include <rig/core/assert.hpp>

#include <utility>

namespace rig::nats {
namespace {

ConnectionConfig config_of(const Secret& url) {
  auto servers = parse_servers(url.reveal());
  RIG_ASSERT(servers);
  ConnectionConfig config;
  config.servers = std::move(servers->addresses);
  config.credentials.user = std::move(servers->user);
  config.credentials.password = std::move(servers->password);
  config.credentials.token = std::move(servers->token);
  config.tls.is_on = servers->wants_tls;
  return config;
}

}  // namespace

ConnectionConfig connection_by(const Secret& url,
                               const std::shared_ptr<const ConnectionConfig>& access) {
  return access ? *access : config_of(url);
}

std::optional<std::string> LinkMaker::problem_of(const Secret& url) const {
  const auto servers = parse_servers(url.reveal());
  return servers ? std::nullopt : std::optional(servers.error());
}

std::shared_ptr<const ConnectionConfig> LinkMaker::read_access(EnvReader& env,
                                                               std::string_view prefix,
                                                               std::string_view url_name,
                                                               const Secret& url) const {
  auto servers = parse_servers(url.reveal());
  return std::make_shared<ConnectionConfig>(
      read_connection(env, prefix, url_name, servers ? *std::move(servers) : Servers()));
}

std::unique_ptr<Link> LinkMaker::open(Settings settings, LinkUser& user) {
  auto config = connection_by(settings.url, settings.access);
  config.hears_itself = false;
  config.shares_thread = true;
  // So that it is clear which messages came before a loss, and which after it.
  config.reconnects = false;
  return std::make_unique<KeptLink>(std::move(config), settings.purpose, settings.waiting_max, user,
                                    *registry_);
}

}  // namespace rig::nats

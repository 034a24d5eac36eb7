#include "io/link_maker.hpp"

#include "io/kept_link.hpp"
#include "logic/servers.hpp"

#include <rig/core/assert.hpp>

#include <utility>

namespace rig::nats {

std::optional<std::string> LinkMaker::problem_of(const Secret& url) const {
  const auto servers = parse_servers(url.reveal());
  return servers ? std::nullopt : std::optional(servers.error());
}

std::unique_ptr<Link> LinkMaker::open(Settings settings, LinkUser& user) {
  auto servers = parse_servers(settings.url.reveal());
  RIG_ASSERT(servers);
  ConnectionConfig config;
  config.servers = std::move(servers->addresses);
  config.credentials.user = std::move(servers->user);
  config.credentials.password = std::move(servers->password);
  config.credentials.token = std::move(servers->token);
  config.tls.is_on = servers->wants_tls;
  config.hears_itself = false;
  config.shares_thread = true;
  return std::make_unique<KeptLink>(std::move(config), settings.purpose, settings.waiting_max, user,
                                    *registry_);
}

}  // namespace rig::nats

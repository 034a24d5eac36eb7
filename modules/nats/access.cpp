#include "access.hpp"

#include <rig/core/env.hpp>

#include <fstream>
#include <string>
#include <utility>

namespace rig::nats {
namespace {

/// The settings of one connection, by their names without the prefix.
class PrefixedReader {
 public:
  PrefixedReader(EnvReader& env, std::string_view prefix, std::string_view servers)
      : env_(env), prefix_(prefix), servers_(servers) {}

  [[nodiscard]] std::string name(std::string_view rest) const {
    return std::string(prefix_).append("_").append(rest);
  }
  [[nodiscard]] std::string_view servers() const { return servers_; }

  std::string text(std::string_view rest, const std::string& help) {
    return env_.text({name(rest), help}, "");
  }
  Secret secret(std::string_view rest, const std::string& help) {
    return env_.secret({name(rest), help});
  }
  bool boolean(std::string_view rest, const std::string& help) {
    return env_.boolean({name(rest), help}, false);
  }
  std::string path(std::string_view rest, const std::string& help) {
    auto path = text(rest, help);
    if (!path.empty() && !std::ifstream(path)) problem(rest, "names no readable file");
    return path;
  }
  void problem(std::string_view rest, const std::string& why) { env_.problem(name(rest), why); }
  void problem_of_servers(const std::string& why) { env_.problem(servers_, why); }

 private:
  EnvReader& env_;
  std::string_view prefix_;
  std::string_view servers_;
};

void check_kinds(PrefixedReader& env, const Credentials& c, bool servers_have_some) {
  if (c.nkey.empty() != c.nkey_seed_file.empty())
    env.problem("NKEY", "and " + env.name("NKEY_SEED_FILE") + " are of use only together");
  if (c.user.empty() && !c.password.empty()) env.problem("PASSWORD", "needs " + env.name("USER"));
  const int kinds = !c.user.empty() + !c.token.empty() + !c.file.empty() + !c.nkey.empty() +
                    static_cast<int>(servers_have_some);
  if (kinds > 1)
    env.problem_of_servers("and " + env.name("USER") + ", " + env.name("TOKEN") + ", " +
                           env.name("CREDENTIALS_FILE") + " and " + env.name("NKEY") +
                           " name different credentials; only one kind may be set");
}

Credentials read_credentials(PrefixedReader& env, Servers& servers) {
  Credentials c;
  const std::string servers_name(env.servers());
  c.user = env.text("USER", "The user to be for the servers, unless " + servers_name + " says it");
  c.password = env.secret("PASSWORD", "The password of " + env.name("USER"));
  c.token = env.secret("TOKEN", "A token instead of a user");
  c.file = env.path("CREDENTIALS_FILE", "A .creds file with a JWT and its seed, instead of a user");
  c.nkey = env.text("NKEY", "A public user key (U…), instead of a user");
  c.nkey_seed_file = env.path("NKEY_SEED_FILE", "The file with the seed of " + env.name("NKEY"));
  check_kinds(env, c, servers.has_credentials());
  if (servers.has_credentials()) {
    c.user = std::move(servers.user);
    c.password = std::move(servers.password);
    c.token = std::move(servers.token);
  }
  return c;
}

TlsConfig read_tls(PrefixedReader& env, bool servers_want_it) {
  TlsConfig c;
  const std::string servers_name(env.servers());
  c.is_on = env.boolean("TLS", "Talk to the servers by TLS alone; tls:// in " + servers_name +
                                   " means the same") ||
            servers_want_it;
  c.ca_file =
      env.path("TLS_CA_FILE", "A PEM file of authorities that are trusted beside the system's");
  c.certificate_file =
      env.path("TLS_CERT_FILE", "The gateway's own certificate with its chain, PEM");
  c.key_file = env.path("TLS_KEY_FILE", "The key of " + env.name("TLS_CERT_FILE") + ", PEM");
  if (c.certificate_file.empty() != c.key_file.empty())
    env.problem("TLS_CERT_FILE", "and " + env.name("TLS_KEY_FILE") + " are of use only together");
  return c;
}

}  // namespace

ConnectionConfig read_connection(EnvReader& env, std::string_view prefix,
                                 std::string_view servers_name, Servers servers) {
  PrefixedReader reader(env, prefix, servers_name);
  ConnectionConfig config;
  config.prefix = prefix;
  config.servers_name = servers_name;
  config.credentials = read_credentials(reader, servers);
  config.tls = read_tls(reader, servers.wants_tls);
  config.servers = std::move(servers.addresses);
  return config;
}

}  // namespace rig::nats

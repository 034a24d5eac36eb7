#include "config.hpp"

#include "logic/servers.hpp"
#include "logic/subject.hpp"

#include <rig/core/env.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kTopicsMax = 32;
constexpr std::string_view kTopics = "NATS_SOURCE_TOPICS";
constexpr std::string_view kGroup = "NATSTOFILTER_QUEUE_GROUP";

/// Each topic has a thread.
std::vector<std::string> read_topics(EnvReader& env) {
  const auto text = env.text({kTopics,
                              "Subjects that events come from, separated by commas, also "
                              "with wildcards; empty: none"},
                             "rig");
  std::vector<std::string> topics;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    std::string topic = text.substr(begin, comma - begin);
    begin = comma + 1;
    std::erase(topic, ' ');
    if (topic.empty() || std::ranges::find(topics, topic) != topics.end()) continue;
    if (!is_subject_pattern(topic)) env.problem(kTopics, "has an entry that is no subject of NATS");
    topics.push_back(std::move(topic));
  }
  if (topics.size() > kTopicsMax)
    env.problem(kTopics, "has more than " + std::to_string(kTopicsMax) + " entries");
  return topics;
}

std::string read_path(EnvReader& env, Setting setting) {
  auto path = env.text(setting, "");
  if (!path.empty() && !std::ifstream(path)) env.problem(setting.name, "names no readable file");
  return path;
}

Credentials read_credentials(EnvReader& env, Servers& servers) {
  Credentials c;
  c.user =
      env.text({"NATS_USER", "The user to be for the servers, unless NATS_SERVERS says it"}, "");
  c.password = env.secret({"NATS_PASSWORD", "The password of NATS_USER"});
  c.token = env.secret({"NATS_TOKEN", "A token instead of a user"});
  c.file = read_path(
      env, {"NATS_CREDENTIALS_FILE", "A .creds file with a JWT and its seed, instead of a user"});
  c.nkey = env.text({"NATS_NKEY", "A public user key (U…), instead of a user"}, "");
  c.nkey_seed_file = read_path(env, {"NATS_NKEY_SEED_FILE", "The file with the seed of NATS_NKEY"});
  if (c.nkey.empty() != c.nkey_seed_file.empty())
    env.problem("NATS_NKEY", "and NATS_NKEY_SEED_FILE are of use only together");
  if (c.user.empty() && !c.password.empty()) env.problem("NATS_PASSWORD", "needs NATS_USER");
  const int kinds = !c.user.empty() + !c.token.empty() + !c.file.empty() + !c.nkey.empty() +
                    static_cast<int>(servers.has_credentials());
  if (kinds > 1)
    env.problem("NATS_SERVERS",
                "and NATS_USER, NATS_TOKEN, NATS_CREDENTIALS_FILE and NATS_NKEY "
                "name different credentials; only one kind may be set");
  if (servers.has_credentials()) {
    c.user = servers.user;
    c.password = servers.password;
    c.token = servers.token;
  }
  return c;
}

TlsConfig read_tls(EnvReader& env, bool servers_want_it) {
  TlsConfig c;
  c.is_on = env.boolean({"NATS_TLS",
                         "Talk to the servers by TLS alone; tls:// in NATS_SERVERS "
                         "means the same"},
                        false) ||
            servers_want_it;
  c.ca_file = read_path(env, {"NATS_TLS_CA_FILE",
                              "A PEM file of authorities that are trusted "
                              "beside the system's"});
  c.certificate_file =
      read_path(env, {"NATS_TLS_CERT_FILE", "The gateway's own certificate with its chain, PEM"});
  c.key_file = read_path(env, {"NATS_TLS_KEY_FILE", "The key of NATS_TLS_CERT_FILE, PEM"});
  if (c.certificate_file.empty() != c.key_file.empty())
    env.problem("NATS_TLS_CERT_FILE", "and NATS_TLS_KEY_FILE are of use only together");
  return c;
}

SourceConfig read_source(EnvReader& env) {
  SourceConfig c;
  c.topics = read_topics(env);
  c.queue_group = env.text({kGroup,
                            "The gateways of one queue group share the messages: each goes "
                            "to one of them"},
                           "rig-nats-to-filter");
  if (!is_subject(c.queue_group)) env.problem(kGroup, "is no name of a queue group");
  c.pending_messages_max = static_cast<int>(env.integer(
      {"NATS_PENDING_MESSAGES_MAX",
       "Messages of one topic that may wait in the gateway; beyond, new ones are dropped"},
      c.pending_messages_max, {1, 10'000'000}));
  c.pending_bytes_max = static_cast<std::size_t>(env.bytes(
      {"NATS_PENDING_BYTES_MAX", "The same in bytes"}, c.pending_bytes_max, {1 << 20, 1 << 30}));
  return c;
}

TargetConfig read_target(EnvReader& env) {
  TargetConfig c;
  c.queue_max = static_cast<std::size_t>(
      env.integer({"NATS_PUBLISH_QUEUE_MAX",
                   "Requests of clients that may wait to be sent to NATS; beyond, they get 503"},
                  static_cast<std::int64_t>(c.queue_max), {1, 1'000'000}));
  c.timeout = env.duration(
      {"NATS_PUBLISH_TIMEOUT", "How long a server may take to confirm what was published"},
      c.timeout, milliseconds(100), milliseconds(60'000));
  return c;
}

}  // namespace

NatsConfig NatsConfig::from_env(EnvReader& env) {
  NatsConfig config;
  const auto text =
      env.secret({"NATS_SERVERS",
                  "NATS servers, separated by commas: host:4222, nats://user:password@host, "
                  "tls://token@host; empty: NATS is not used"});
  auto servers = parse_servers(text.reveal());
  if (!servers) env.problem("NATS_SERVERS", servers.error());
  Servers known = servers ? *std::move(servers) : Servers();
  config.connection.credentials = read_credentials(env, known);
  config.connection.tls = read_tls(env, known.wants_tls);
  config.connection.servers = std::move(known.addresses);
  config.source = read_source(env);
  config.target = read_target(env);
  return config;
}

}  // namespace rig::nats

#include "config.hpp"

#include "access.hpp"
#include "logic/servers.hpp"
#include "logic/subject.hpp"

#include <rig/core/env.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace rig::nats {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kTopicsMax = 32;
constexpr std::string_view kServers = "NATS_SERVERS";
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
      env.secret({kServers,
                  "NATS servers, separated by commas: host:4222, nats://user:password@host, "
                  "tls://token@host; empty: NATS is not used"});
  auto servers = parse_servers(text.reveal());
  if (!servers) env.problem(kServers, servers.error());
  Servers known = servers ? *std::move(servers) : Servers();
  config.connection = read_connection(env, "NATS", kServers, std::move(known));
  config.source = read_source(env);
  config.target = read_target(env);
  return config;
}

}  // namespace rig::nats

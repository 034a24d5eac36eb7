#include "config.hpp"

#include <rig/core/env.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace rig::subscriptions {
namespace {

std::size_t count(EnvReader& env, Setting setting, std::size_t default_value, Range allowed) {
  return static_cast<std::size_t>(
      env.integer(setting, static_cast<std::int64_t>(default_value), allowed));
}

/// The log that clients which come back are served from.
LogLimits log_limits(EnvReader& env) {
  LogLimits limits;
  limits.events_per_type = count(
      env, {"RIG_REPLAY_EVENTS_MAX", "Most events of one type kept for clients that come back"},
      limits.events_per_type, {0, 100'000'000});
  const Range bytes{0, std::int64_t{1} << 40};
  limits.bytes =
      env.bytes({"RIG_REPLAY_BYTES_MAX", "Most memory for events kept for clients that come back"},
                limits.bytes, bytes);
  limits.bytes_per_type =
      env.bytes({"RIG_REPLAY_TYPE_BYTES_MAX", "The same for one event type"}, limits.bytes, bytes);
  limits.age =
      env.duration({"RIG_REPLAY_AGE_MAX", "How long events are kept for clients that come back"},
                   limits.age, std::chrono::milliseconds(0), std::chrono::hours(24));
  const auto restart_grace = env.duration(
      {"RIG_RESTART_GRACE",
       "How long after a start events that nobody wants yet are kept for clients that come back; "
       "at most RIG_REPLAY_AGE_MAX"},
      limits.restart_grace, std::chrono::milliseconds(0), std::chrono::hours(24));
  limits.restart_grace = std::min(restart_grace, limits.age);
  return limits;
}

}  // namespace

SubscriptionsConfig SubscriptionsConfig::from_env(EnvReader& env) {
  SubscriptionsConfig config;
  config.limits.subscriptions_max =
      count(env, {"RIG_SUBSCRIPTIONS_MAX", "Most subscriptions that one connection may have"},
            config.limits.subscriptions_max, {1, 100'000});
  config.limits.clauses_max =
      count(env, {"RIG_CLAUSES_MAX", "Most clauses (oneOf) that one subscription may have"},
            config.limits.clauses_max, {1, 100'000});
  config.limits.field_sets_max =
      count(env,
            {"RIG_FIELD_SETS_MAX",
             "Most different sets of fields in a connection's clauses for one event type"},
            config.limits.field_sets_max, {1, 10'000});
  config.event_queue_max =
      count(env,
            {"RIG_EVENT_QUEUE_MAX",
             "Events that may wait for one shard before publishing is refused as overload"},
            config.event_queue_max, {1, std::numeric_limits<std::uint32_t>::max()});
  config.log = log_limits(env);
  config.log_types_max =
      count(env, {"RIG_REPLAY_TYPES_MAX", "Most event types that the log of events keeps"},
            config.log_types_max, {0, 10'000'000});
  constexpr std::array<std::string_view, 2> kChoices{"reject", "ignore"};
  config.unknown_fields = static_cast<UnknownFields>(
      env.choice({"RIG_UNKNOWN_FIELDS",
                  "Clauses about fields without an extractor: refuse them, or match any "
                  "value as version 3 did"},
                 kChoices, static_cast<std::size_t>(config.unknown_fields)));

  const auto extractors = env.file_or_json(
      {"EXTRACTORS", "Fields of events that subscriptions can ask for: a JSON file, or the JSON"});
  if (extractors) {
    std::vector<std::string> problems;
    config.extractors =
        Extractors::parse(*extractors, config.limits.event_type_bytes_max, problems);
    for (const auto& problem : problems) env.problem("EXTRACTORS", problem);
    if (const auto types = config.extractors.types_with_claims().size();
        types > config.limits.subscriptions_max) {
      env.problem("EXTRACTORS", std::to_string(types) +
                                    " event types have fields with jwt, so clients would get as "
                                    "many subscriptions, but RIG_SUBSCRIPTIONS_MAX is " +
                                    std::to_string(config.limits.subscriptions_max));
    }
  }
  return config;
}

}  // namespace rig::subscriptions

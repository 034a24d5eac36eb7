#pragma once

#include "logic/event_log.hpp"
#include "logic/extractors.hpp"
#include "logic/subscription_parser.hpp"

#include <cstddef>

namespace rig {
class EnvReader;
}

namespace rig::subscriptions {

/// The settings of this module; read once. Problems are noted with the reader.
struct SubscriptionsConfig {
  SubscriptionLimits limits;
  UnknownFields unknown_fields = UnknownFields::kReject;
  Extractors extractors;
  /// Events that may wait for one shard before publishing is refused.
  std::size_t event_queue_max = 100'000;
  LogLimits log;
  std::size_t log_types_max = 100'000;

  static SubscriptionsConfig from_env(EnvReader& env);
};

}  // namespace rig::subscriptions

#pragma once

#include "config.hpp"
#include "logic/answer_cache.hpp"

#include <rig/access/access.hpp>
#include <rig/core/circuit_breaker.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/metrics/registry.hpp>

#include <string>
#include <string_view>

namespace rig::access {

/// Asks the service that decides about one kind of request. One per shard.
class ServiceCheck {
 public:
  ServiceCheck(std::string_view setting, std::string url, const ServiceConfig& config,
               Ref<http_client::HttpClient> client, metrics::Registry& registry);

  enum class Verdict : std::uint8_t { kAllowed, kUnauthorized, kForbidden, kUnavailable };
  static Task<Verdict> ask(Ref<ServiceCheck> self, Question question, std::string authorization);

 private:
  /// Its status, or zero if there is none.
  static Task<int> send(Ref<ServiceCheck> self, Question question, std::string authorization);
  void note_failure(std::string_view reason);

  std::string_view setting_;
  std::string url_;
  ServiceConfig config_;
  Ref<http_client::HttpClient> client_;
  metrics::Counter& allowed_;
  metrics::Counter& denied_;
  metrics::Counter& failed_;
  metrics::Counter& cached_;
  AnswerCache cache_;
  CircuitBreaker circuit_;
};

}  // namespace rig::access

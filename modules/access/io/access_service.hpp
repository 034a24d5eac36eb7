#pragma once

#include "config.hpp"
#include "io/denial_counters.hpp"
#include "io/service_check.hpp"

#include <rig/access/access.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/sharded.hpp>
#include <rig/http_client/http_client.hpp>
#include <rig/jwt/tokens.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/sessions/sessions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::access {

/// The port of this module. Its settings do not change; what a shard remembers of the services'
/// answers is its own.
class AccessService final : public Access {
 public:
  struct Ports {
    Ref<jwt::Tokens> tokens;
    Ref<sessions::Sessions> sessions;
    Ref<http_client::HttpClient> client;
    Ref<metrics::Registry> registry;
  };

  AccessService(AccessConfig config, Shards& shards, Ports ports);

  Task<> start();
  Task<> stop();

  [[nodiscard]] Check subscription_check() const noexcept override {
    return config_.subscriptions.check;
  }
  [[nodiscard]] Check submission_check() const noexcept override {
    return config_.submissions.check;
  }
  [[nodiscard]] bool managing_is_open() const noexcept override {
    return config_.management.token.empty() && !config_.management.claim;
  }
  [[nodiscard]] bool knows_keys() const noexcept override { return ports_.tokens->has_keys(); }

  Task<Answer> identify(Credentials credentials) override;
  Task<Answer> may_subscribe(Credentials credentials, Question question) override;
  Task<Answer> may_submit(Credentials credentials, Question question) override;
  Task<Answer> may_manage(Credentials credentials) override;
  Task<Answer> authenticate(std::vector<std::string> tokens,
                            Ref<const RequiredClaims> required) override;

 private:
  struct Checks {
    std::optional<ServiceCheck> subscriptions;
    std::optional<ServiceCheck> submissions;
  };
  /// How many of the tokens must be good.
  enum class Of : std::uint8_t {
    kAll,
    kAny,
    kKnown,  ///< none needs to be known here, but of none the session was ended
  };

  static Task<Answer> noted(Ref<AccessService> self, Action action, Task<Answer> asking);
  static Task<Answer> verify(Ref<AccessService> self, std::vector<std::string> tokens, Of of);
  static Task<Answer> with_token(Ref<AccessService> self, std::vector<std::string> tokens, Of of);
  static Task<Answer> with_claims(Ref<AccessService> self, std::vector<std::string> tokens,
                                  Ref<const RequiredClaims> required);
  static Task<Answer> decided_by(Ref<AccessService> self, Ref<ServiceCheck> service,
                                 Credentials credentials, Question question);
  static Task<Answer> manage(Ref<AccessService> self, Credentials credentials);
  std::optional<Denial> add(Identity& identity, jwt::TokenRef token) const;

  const AccessConfig config_;
  const Ports ports_;
  DenialCounters denials_;
  Sharded<Checks> checks_;
};

}  // namespace rig::access

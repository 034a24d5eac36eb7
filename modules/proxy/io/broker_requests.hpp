#pragma once

#include "io/proxy_metrics.hpp"
#include "logic/header_rules.hpp"
#include "logic/request_event.hpp"
#include "logic/route_set.hpp"

#include <rig/answers/tickets.hpp>
#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/proxy/message_target.hpp>
#include <rig/transport/exchange.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig {
class EnvReader;
}

namespace rig::proxy {

struct BrokerRequestsConfig {
  std::uint64_t body_bytes_max = 1U << 20U;
  bool redacts_credentials = false;
  std::chrono::milliseconds kafka_answer_timeout{5'000};
  std::chrono::milliseconds nats_answer_timeout{60'000};

  static BrokerRequestsConfig from_env(EnvReader& env);
};

/// The requests of endpoints whose target is a broker: each becomes an event with what is known
/// about it (`proxy.md` 5). One object per node, used by all shards, as it does not change.
class BrokerRequests {
 public:
  /// `targets`: those that the modules of this gateway contribute. Throws StartupError if there are
  /// two for one kind.
  BrokerRequests(BrokerRequestsConfig config, std::span<MessageTarget* const> targets,
                 Ref<answers::Tickets> tickets);

  [[nodiscard]] bool has(Target target) const noexcept { return find(target) != nullptr; }
  [[nodiscard]] const BrokerRequestsConfig& config() const noexcept { return config_; }

  /// Publishes the request and waits for the answer, if its endpoint says so. Nothing: the client
  /// left. `path_and_query`: rewritten. `claims`: for `rig.headers`, views into the route.
  static Task<std::optional<transport::HttpResponse>> serve(Ref<const BrokerRequests> self,
                                                            Ref<transport::Exchange> exchange,
                                                            Ref<const CompiledRoute> route,
                                                            std::string path_and_query,
                                                            std::vector<ClaimHeader> claims,
                                                            Ref<ProxyMetrics> metrics);

 private:
  static constexpr std::size_t kTargets = 4;

  /// The client's answer and the word of the metrics for it; empty: it is not counted.
  struct Reply {
    std::optional<transport::HttpResponse> response;
    std::string_view status = {};
  };

  static Task<Reply> reply_to(Ref<const BrokerRequests> self, Ref<transport::Exchange> exchange,
                              Ref<const CompiledRoute> route, std::string path_and_query,
                              std::vector<ClaimHeader> claims);
  static Task<Reply> publish(Ref<const BrokerRequests> self, Ref<transport::Exchange> exchange,
                             Ref<const CompiledRoute> route, Ref<MessageTarget> target,
                             std::string body, std::string path_and_query,
                             std::vector<ClaimHeader> claims);
  static Task<Reply> request(Ref<const BrokerRequests> self, Ref<transport::Exchange> exchange,
                             Ref<const CompiledRoute> route, Ref<MessageTarget> target,
                             MessageTarget::Message message);
  static Task<Reply> wait(Ref<const BrokerRequests> self, Ref<transport::Exchange> exchange,
                          Ref<const CompiledRoute> route, Ref<answers::Ticket> ticket);
  static Reply reply_of(const CompiledRoute& route, MessageTarget::Result result);
  [[nodiscard]] boost::system::result<RequestEvent, BadEvent> make_event(
      const transport::Exchange& exchange, const CompiledRoute& route, std::string_view body,
      std::string_view path_and_query, std::span<const ClaimHeader> claims,
      std::string_view correlation) const;
  [[nodiscard]] MessageTarget* find(Target target) const noexcept {
    return targets_[static_cast<std::size_t>(target)];
  }
  [[nodiscard]] std::chrono::milliseconds answer_timeout(Target target) const noexcept;

  const BrokerRequestsConfig config_;
  std::array<MessageTarget*, kTargets> targets_{};  // by kind; null: there is no module for it
  Ref<answers::Tickets> tickets_;
};

}  // namespace rig::proxy

#pragma once

#include "config.hpp"
#include "io/calls.hpp"
#include "io/connection.hpp"
#include "io/listener.hpp"
#include "io/produced_events.hpp"
#include "io/publisher.hpp"
#include "logic/inbox.hpp"
#include "logic/pace.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/sharded.hpp>
#include <rig/metrics/registry.hpp>
#include <rig/proxy/message_target.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::nats {

/// Requests of clients to NATS: published, or as requests whose replies are the answers.
class Target final : public proxy::MessageTarget, public ConnectionUser {
 public:
  Target(TargetConfig config, Shards& shards, metrics::Registry& registry);

  /// While the connection is closed. `connection` says whether it is worth trying.
  Task<> start(Ref<const Connection> connection);
  Task<> stop();
  /// Ends the thread; on no shard, and after the connection was stopped.
  void stop_publisher() noexcept { publisher_.stop(); }

  [[nodiscard]] proxy::Target target() const noexcept override { return proxy::Target::kNats; }
  [[nodiscard]] bool has_replies() const noexcept override { return true; }
  Task<Result> publish(Message message) override;
  Task<Result> request(Message message, std::chrono::milliseconds timeout) override;

  natsStatus opened(OpenConnection connection) override;
  void closing() noexcept override;

 private:
  /// Of one shard.
  struct Part {
    Part(Executor executor, Ref<metrics::Registry> registry)
        : calls(executor), produced(registry) {}
    Calls calls;
    ProducedEvents produced;
  };

  static Task<Result> publish_now(Ref<Target> self, Message message);
  static Task<Result> request_now(Ref<Target> self, Message message,
                                  std::chrono::milliseconds timeout);
  [[nodiscard]] std::optional<Result> refusal(const Message& message) const;
  [[nodiscard]] bool submit(Message message, std::string reply_to, ReplyAddress address);
  void finish(ReplyAddress address, Result result);
  void receive(natsMsg* message);
  [[nodiscard]] Result result_of(natsMsg* message);

  const TargetConfig config_;
  const Inbox inbox_;
  Ref<Shards> shards_;
  Ref<metrics::Registry> registry_;
  const Connection* connection_ = nullptr;
  metrics::Counter& queue_full_;
  metrics::Counter& replies_dropped_;
  Pace bad_pace_;
  Publisher publisher_;
  Sharded<Part> parts_;
  Listener replies_;  // uses all of the above on a thread
};

}  // namespace rig::nats

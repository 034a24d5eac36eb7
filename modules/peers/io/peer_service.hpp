#pragma once

#include "config.hpp"
#include "logic/seal.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task_group.hpp>
#include <rig/peers/call_exchange.hpp>
#include <rig/peers/calls.hpp>
#include <rig/peers/node_identity.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::peers {

/// All ports of this module: who this node is, the calls that it makes, and the services that it
/// offers to others. Services are of shard 0.
class PeerService final : public NodeIdentity, public Calls, public CallExchange {
 public:
  PeerService(Shards& shards, const PeersConfig& config);

  [[nodiscard]] NodeId id() const noexcept override { return id_; }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] bool has_secret() const noexcept override { return seal_.has_value(); }
  [[nodiscard]] std::string seal(Purpose purpose, std::string text) const override;
  [[nodiscard]] Opened open(Purpose purpose, std::string_view sealed) const override;

  Task<CallResult> call(NodeId node, std::string service, std::string request,
                        Deadline deadline) override;
  Task<std::vector<NodeAnswer>> call_all(std::string service, std::string request,
                                         Deadline deadline) override;
  void serve(std::string service, Handler handler) override;
  Task<> withdraw(std::string service) override;

  void connect(Carrier& carrier) override { carrier_ = &carrier; }
  void take(std::string_view service, std::string request, Reply reply) override;

 private:
  struct Service {
    Service(Executor executor, Handler answers)
        : handler(std::move(answers)), tasks(executor, "peers.answer") {}

    Handler handler;
    TaskGroup tasks;
  };

  static Task<> answer(Ref<const Handler> handler, std::string request, Reply reply);
  static Task<> withdraw_here(Ref<PeerService> self, std::string service);

  const NodeId id_;
  const std::string name_;
  const std::optional<Seal> seal_;
  Ref<Shards> shards_;
  Carrier* carrier_ = nullptr;  // null: no other node
  std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
};

}  // namespace rig::peers

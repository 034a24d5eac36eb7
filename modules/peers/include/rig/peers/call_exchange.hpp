#pragma once

#include <rig/peers/calls.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::peers {

/// Carries calls to other nodes. Implemented by whoever connects the nodes.
class Carrier {
 public:
  /// `request` is not too large. On any shard; may be cancelled.
  virtual Task<CallResult> call(NodeId node, std::string service, std::string request,
                                Deadline deadline) = 0;
  virtual Task<std::vector<Calls::NodeAnswer>> call_all(std::string service, std::string request,
                                                        Deadline deadline) = 0;

 protected:
  ~Carrier() = default;
};

/// Where calls leave for other nodes and come from them.
class CallExchange {
 public:
  static constexpr std::string_view kPort = "peers.call_exchange";

  /// Set at most once, before the start. Without it a node is alone.
  virtual void connect(Carrier& carrier) = 0;

  /// The answer; nothing: refused.
  using Reply = std::function<void(std::optional<std::string>)>;
  /// A call of another node. `reply` is called at most once, on shard 0. On shard 0.
  virtual void take(std::string_view service, std::string request, Reply reply) = 0;

 protected:
  ~CallExchange() = default;
};

}  // namespace rig::peers

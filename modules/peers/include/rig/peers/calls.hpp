#pragma once

#include <rig/core/deadline.hpp>
#include <rig/core/task.hpp>
#include <rig/peers/call_result.hpp>
#include <rig/peers/node_id.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::peers {

/// Asks other nodes, and answers them. A gateway without a cluster finds every other node gone.
class Calls {
 public:
  static constexpr std::string_view kPort = "peers.calls";

  /// On any shard; may be cancelled.
  virtual Task<CallResult> call(NodeId node, std::string service, std::string request,
                                Deadline deadline) = 0;

  /// What a node said, or why it did not.
  struct NodeAnswer {
    std::string node;  ///< its name, for people
    CallResult result;
  };
  /// Asks all other nodes at the same time; without a connection, one answer of a node that is not
  /// known. On any shard; may be cancelled.
  virtual Task<std::vector<NodeAnswer>> call_all(std::string service, std::string request,
                                                 Deadline deadline) = 0;

  using Handler = std::function<Task<std::string>(std::string request)>;
  /// From now on `handler` answers calls of other nodes, several at a time, on shard 0. It ends
  /// within a bounded time. `service`: letters and hyphens; each once. On shard 0, with the start
  /// of a module.
  virtual void serve(std::string service, Handler handler) = 0;
  /// Cancels what is being answered and waits for its end; then nothing is answered any more. On
  /// shard 0, with the stop; safe to call twice, and without `serve`.
  virtual Task<> withdraw(std::string service) = 0;

 protected:
  ~Calls() = default;
};

}  // namespace rig::peers

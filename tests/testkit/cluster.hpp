#pragma once

#include "gateway.hpp"
#include "link.hpp"
#include "nats_server.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace testkit {

/// Shared by the gateways of a test.
inline constexpr std::string_view kClusterSecret = "a cluster's secret of 32 bytes or so";

/// What `/health/ready` says of the cluster: "joining", "connected", "disconnected"; empty if
/// nothing.
[[nodiscard]] std::string cluster_state(const Gateway& gateway);
/// Waits until it says so; throws Failure, with the log, if it never does.
void await_cluster_state(Gateway& gateway, std::string_view state, Deadline deadline = Deadline{});

/// Gateways that act as one over a NATS server, each by a link of its own, which a test can break.
class Cluster {
 public:
  /// All have joined when it is constructed.
  explicit Cluster(std::size_t nodes, Environment settings = {});

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  /// One that runs.
  [[nodiscard]] Gateway& node(std::size_t index) { return *members_[index].gateway; }
  [[nodiscard]] Link& link(std::size_t index) { return *members_[index].link; }
  [[nodiscard]] NatsServer& nats() { return nats_; }

  [[nodiscard]] bool runs(std::size_t index) const { return members_[index].gateway != nullptr; }
  /// Starts it; it serves when this is over.
  void start(std::size_t index);
  /// As an upgrade does: by SIGTERM, up to its end, which must be in order.
  void stop(std::size_t index);
  /// As the death of a machine does.
  void kill(std::size_t index);
  /// All links pass, and all nodes that run say that they are connected.
  void heal();

 private:
  struct Member {
    std::unique_ptr<Link> link;
    std::unique_ptr<Gateway> gateway;
  };

  NatsServer nats_;
  Environment settings_;
  std::vector<Member> members_;
};

}  // namespace testkit

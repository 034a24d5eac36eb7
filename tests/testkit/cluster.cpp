#include "cluster.hpp"

#include "http.hpp"
#include "json.hpp"

#include <utility>

namespace testkit {

std::string cluster_state(const Gateway& gateway) {
  const auto reply = fetch(gateway.api(), {.target = "/health/ready"});
  return json_at(reply.body, "/parts/cluster").value_or("");
}

void await_cluster_state(Gateway& gateway, std::string_view state, Deadline deadline) {
  if (eventually([&] { return cluster_state(gateway) == state; }, deadline)) return;
  throw Failure("a node is not " + std::string(state) + " but " + cluster_state(gateway) + "\n" +
                gateway.process().standard_output());
}

Cluster::Cluster(std::size_t nodes, Environment settings)
    : settings_(std::move(settings)), members_(nodes) {
  settings_.emplace("CLUSTER_SECRET", kClusterSecret);
  for (auto& member : members_) member.link = std::make_unique<Link>(nats_.port());
  for (std::size_t i = 0; i < nodes; ++i) start(i);
  heal();
}

void Cluster::start(std::size_t index) {
  auto& member = members_[index];
  auto settings = settings_;
  settings["CLUSTER_URL"] = "nats://" + member.link->address();
  member.gateway = std::make_unique<Gateway>(settings);
}

void Cluster::stop(std::size_t index) {
  auto& member = members_[index];
  member.gateway->stop();
  member.gateway.reset();
}

void Cluster::kill(std::size_t index) {
  auto& member = members_[index];
  member.gateway->kill_now();
  member.gateway.reset();
}

void Cluster::heal() {
  for (auto& member : members_) member.link->heal();
  for (auto& member : members_) {
    if (member.gateway) await_cluster_state(*member.gateway, "connected");
  }
}

}  // namespace testkit

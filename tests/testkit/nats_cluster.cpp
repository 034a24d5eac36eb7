#include "nats_cluster.hpp"

#include "http.hpp"
#include "listener.hpp"

namespace testkit {
namespace {

std::string at(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace

NatsCluster::NatsCluster()
    : route_ports_{quiet_port(), quiet_port(), quiet_port()},
      monitor_ports_{quiet_port(), quiet_port(), quiet_port()},
      link_(route_ports_.back()) {
  for (std::size_t i = 0; i < kServers; ++i)
    servers_[i] = std::make_unique<NatsServer>(configuration_of(i));
}

/// The last one is found by the others, who tell each other of its link; nobody is told where the
/// others are, so that it cannot go around the link. JetStream wants to be told how many there are:
/// by routes, where nobody is.
std::string NatsCluster::configuration_of(std::size_t index) const {
  const bool is_last = index == kServers - 1;
  auto text = "server_name: server-" + std::to_string(index) + "\nhttp: \"" +
              at(monitor_ports_[index]) + "\"\ncluster {\n  name: test\n";
  text += "  no_advertise: true\n  listen: \"" + at(route_ports_[index]) + "\"\n";
  text += "  advertise: \"" + (is_last ? link_.address() : at(1)) + "\"\n";
  const auto first = is_last ? at(1) : at(route_ports_[1 - index]);
  const auto second = is_last ? at(2) : link_.address();
  return text + "  routes: [\"nats://" + first + "\", \"nats://" + second + "\"]\n}\n";
}

void NatsCluster::start(std::size_t index) {
  constexpr int kOk = 200;
  servers_[index]->start();
  const auto is_current = [this, index] {
    return fetch(monitor_ports_[index], {.target = "/healthz"}).status == kOk;
  };
  if (!eventually(is_current)) throw Failure("a server of NATS does not catch up");
}

std::string NatsCluster::url(std::size_t index) const {
  return "nats://" + servers_[index]->address();
}

std::string NatsCluster::all_urls() const {
  std::string all;
  for (std::size_t i = 0; i < kServers; ++i) all += (i == 0 ? "" : ",") + url(i);
  return all;
}

}  // namespace testkit

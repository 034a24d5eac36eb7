#pragma once

#include "link.hpp"
#include "nats_server.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace testkit {

/// Three nats-servers that are one cluster. Clients stay with the servers that they were told of.
class NatsCluster {
 public:
  static constexpr std::size_t kServers = 3;

  NatsCluster();

  [[nodiscard]] NatsServer& server(std::size_t index) { return *servers_[index]; }
  /// Starts it again after it was killed; it has what the others have when this is over.
  void start(std::size_t index);
  /// What a client needs to find another one when its own is gone.
  [[nodiscard]] std::string all_urls() const;
  [[nodiscard]] std::string url(std::size_t index) const;
  /// All that the last server and the two others say to each other goes over this.
  [[nodiscard]] Link& link_of_last() { return link_; }

 private:
  [[nodiscard]] std::string configuration_of(std::size_t index) const;

  std::array<std::uint16_t, kServers> route_ports_;
  std::array<std::uint16_t, kServers> monitor_ports_;
  Link link_;
  std::array<std::unique_ptr<NatsServer>, kServers> servers_;
};

}  // namespace testkit

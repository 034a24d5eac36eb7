#pragma once

#include "child_process.hpp"
#include "temp_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace testkit {

/// A real nats-server, with JetStream, on 127.0.0.1, at a port that the system chooses and that it
/// keeps when it is started again.
class NatsServer {
 public:
  /// `configuration`: more lines for its configuration file, such as "authorization { token: x }"
  /// or "jetstream: false".
  explicit NatsServer(std::string configuration = {});

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// "127.0.0.1:<port>"
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Ends it without a word, as if the machine were gone.
  void kill();
  /// Starts it again after `kill`, as it was.
  void start();
  /// The same with another configuration.
  void start(std::string configuration);
  /// It has all that the other servers of its cluster have, as far as it is kept by several.
  [[nodiscard]] bool is_healthy() const;
  [[nodiscard]] std::string log() const { return process_ ? process_->standard_error() : ""; }

 private:
  TempFolder folder_;
  std::string configuration_;
  std::uint16_t port_ = 0;
  std::uint16_t monitoring_port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace testkit

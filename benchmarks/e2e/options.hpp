#pragma once
// What one run of the driver does. The flags of the program have the same names, with '-' for '_'.

#include <sys/types.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "peer.hpp"

namespace rig::bench {

struct Options {
  PeerKind peer = PeerKind::kRig;
  std::string label;               ///< a name for the run, repeated in the output
  std::uint16_t port = 0;          ///< where clients subscribe
  std::uint16_t publish_port = 0;  ///< where events are published; 0 = port
  pid_t server_pid = 0;            ///< whose processor time and memory are measured; 0 = none

  Transport transport = Transport::kSse;  ///< of the clients
  std::size_t connections = 1000;
  std::size_t first_connections = 0;  ///< memory is read with that many too; 0 = not
  std::size_t connect_window = 256;   ///< connections that are being set up at a time
  double connect_rate = 0;  ///< connects/s on a fixed schedule, whatever the server does; 0 = as
                            ///< the window allows
  int receive_buffer = 0;   ///< bytes that the kernel holds for a client; 0 = as it likes
  std::uint32_t keys =
      1;  ///< above 1: subscriber i gets only events whose /data/k is i modulo keys

  std::size_t publishers = 1;
  std::size_t payload = 256;  ///< bytes of each event
  double rate = 0;            ///< events/s on a fixed schedule; 0 = back to back
  std::size_t window =
      0;  ///< back to back: events that are not delivered to all yet, at most; 0 = any

  std::size_t replay = 0;       ///< events that each client is owed when it returns; 0 = no replay
  double bystander_rate = 200;  ///< replay: events/s for a client that has no part in it

  double storm_rate = 0;  ///< clients/s that come and go during the measurement, at most; 0 = none
  std::string storm_tokens;  ///< a file with tokens for them; see Storm

  double settle = 1;  ///< seconds of silence before the idle memory is read
  double warmup = 1;  ///< seconds of publishing that are checked but not measured
  double duration = 5;
  double drain = 10;            ///< seconds without a delivery after which the missing are lost
  double connect_timeout = 60;  ///< seconds until all connections must be subscribed
};

/// Thrown for flags that make no sense; what() is for the user.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Options parse_options(int argc, char** argv);

/// The flags with their defaults.
std::string usage();

}  // namespace rig::bench

#pragma once

#include "config.hpp"
#include "io/address_limits.hpp"
#include "logic/address.hpp"
#include "logic/minute_window.hpp"
#include "transport_metrics.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/shard.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/http_message.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace rig::transport {

/// The limits that hold for the whole node: new connections per minute, and what one address may
/// have and do. Says who is one too many, with the answer that tells it. One object per node, used
/// on all shards between `start` and `stop`.
class Admission {
 public:
  Admission(const LimitsConfig& config, Shards& shards, TransportMetrics& metrics);

  Task<> start();
  Task<> stop();  ///< after all connections are gone

  /// For each new stream, WebSocket and session, when all else that could refuse it has been
  /// checked: counts it, or says that there were too many in this minute.
  std::optional<HttpResponse> admit_connection();

  /// Whether the address of a client is of interest at all, so that it must be found out.
  [[nodiscard]] bool asks_for_addresses() const noexcept { return addresses_ != nullptr; }
  /// Of the other end of the socket `fd`, as text.
  [[nodiscard]] static std::string peer_text(int fd);
  /// The address that is counted for a request that came in on the socket `fd`.
  [[nodiscard]] Address client_of(int fd, const Headers& headers) const;

  /// For each request, if `asks_for_addresses`.
  static Task<std::optional<HttpResponse>> admit_request(Ref<Admission> self, Address client);
  /// For each new stream, WebSocket and session: a place to be kept as long as it
  /// lives, or the answer.
  struct Placed {
    std::unique_ptr<AddressLimits::Place> place;  ///< also null if there is no such limit
    std::optional<HttpResponse> refusal;
  };
  static Task<Placed> place_connection(Ref<Admission> self, Address client);

  /// A connection found no file descriptor. True if that is worth a line in the log: the first one
  /// on any shard after a quiet time.
  bool note_lack_of_descriptors();

 private:
  const LimitsConfig config_;
  TransportMetrics& metrics_;
  MinuteWindow window_;
  std::unique_ptr<AddressLimits> addresses_;  // null if no setting needs it
  std::atomic<std::chrono::steady_clock::duration> lacked_descriptors_at_;
};

}  // namespace rig::transport

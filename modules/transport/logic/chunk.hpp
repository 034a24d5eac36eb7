#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace rig::transport {

/// Bytes that many connections of one shard send: an event in a wire form, or a heartbeat. Made
/// once, counted without atomics, never leaves its shard.
class Chunk : public boost::intrusive_ref_counter<Chunk, boost::thread_unsafe_counter> {
 public:
  using Clock = std::chrono::steady_clock;

  /// `bytes` without `prefix` bytes at its start and `suffix` at its end is what a connection
  /// without chunked transfer coding sends. `received`: when the gateway had the event; zero for
  /// what is no event.
  Chunk(std::string bytes, std::size_t prefix, std::size_t suffix, Clock::time_point received = {})
      : bytes_(std::move(bytes)), prefix_(prefix), suffix_(suffix), received_(received) {}

  [[nodiscard]] std::string_view framed() const noexcept { return bytes_; }
  [[nodiscard]] std::string_view plain() const noexcept {
    return std::string_view(bytes_).substr(prefix_, bytes_.size() - prefix_ - suffix_);
  }
  [[nodiscard]] bool is_event() const noexcept { return received_ != Clock::time_point{}; }
  [[nodiscard]] Clock::time_point received() const noexcept { return received_; }

  /// Deliveries that the latency histogram does not know yet; the write queue's own.
  std::uint32_t deliveries_to_report = 0;

 private:
  std::string bytes_;
  std::size_t prefix_;
  std::size_t suffix_;
  Clock::time_point received_;
};

using ChunkRef = boost::intrusive_ptr<Chunk>;

}  // namespace rig::transport

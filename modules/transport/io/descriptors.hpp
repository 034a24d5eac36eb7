#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rig::transport {

/// How many file descriptors the process may have open at the same time.
[[nodiscard]] std::size_t descriptors_allowed() noexcept;
/// How many it has; reads a folder, so for the start only.
[[nodiscard]] std::size_t descriptors_open();

/// One descriptor that is kept back, so that a client that comes when there is no other can be told
/// so, instead of being left to wait. One per shard.
class SpareDescriptor {
 public:
  SpareDescriptor() { take(); }
  ~SpareDescriptor() { give(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  enum class Outcome : std::uint8_t {
    kRefused,
    kNobodyWaits,  ///< without a descriptor, accept(2) fails before it looks
    kFailed,       ///< as when another shard was faster to take the descriptor
  };
  /// Accepts the next connection of `listener` by means of the spare one, sends `answer` and closes
  /// it.
  Outcome refuse_connection(int listener, std::string_view answer) noexcept;

 private:
  void take() noexcept;
  void give() noexcept;

  int fd_ = -1;
};

}  // namespace rig::transport

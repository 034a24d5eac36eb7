#pragma once

#include <rig/core/shard_id.hpp>
#include <rig/peers/node_identity.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::transport {

/// The name of a connection: where it is, and 128 random bits that nobody can guess. Whoever knows
/// it may change what the connection is subscribed to.
struct ConnectionToken {
  using Secret = std::array<std::uint8_t, 16>;

  peers::NodeId node = peers::kNoNode;
  ShardId shard = 0;
  std::uint32_t slot = 0;  ///< its place on the shard; may be taken again, with another secret
  Secret secret{};

  /// URL-safe base64 (RFC 4648, 5).
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<ConnectionToken> parse(std::string_view text) noexcept;
};

/// As clients get it: sealed by this node.
[[nodiscard]] std::string sealed_text(const ConnectionToken& token,
                                      const peers::NodeIdentity& here);
/// What a client brings; nothing if it has not the form. A token whose seal is not genuine is of no
/// node, whatever it says: nobody is asked about it.
[[nodiscard]] std::optional<ConnectionToken> parse_sealed(std::string_view text,
                                                          const peers::NodeIdentity& here);

/// Compares in constant time.
[[nodiscard]] bool same(const ConnectionToken::Secret& a,
                        const ConnectionToken::Secret& b) noexcept;

/// Random secrets for one shard, drawn from the operating system by the hundred.
class Secrets {
 public:
  /// Draws the first ones, so that no client has to wait for the start of OpenSSL.
  Secrets() { draw(); }
  ConnectionToken::Secret next();

 private:
  void draw();

  std::array<ConnectionToken::Secret, 256> pool_{};
  std::size_t used_ = 0;
};

}  // namespace rig::transport

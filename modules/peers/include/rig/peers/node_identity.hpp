#pragma once

#include <rig/peers/node_id.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::peers {

/// What a sealed text is for: a seal for one thing is none for another.
enum class Purpose : std::uint8_t {
  kConnection,   ///< names a connection
  kCorrelation,  ///< names a request that waits for its answer
};
inline constexpr std::size_t kPurposes = 2;

/// Who this gateway is, and what it shares with the other nodes of its cluster. Any thread.
class NodeIdentity {
 public:
  static constexpr std::string_view kPort = "peers.identity";

  [[nodiscard]] virtual NodeId id() const noexcept = 0;
  /// For people (NODE_HOST, or the machine's); another node may have the same.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  /// Whether there is a secret that all nodes know (CLUSTER_SECRET).
  [[nodiscard]] virtual bool has_secret() const noexcept = 0;

  /// `text` with a seal behind it, which only nodes with the same secret can make: so that what
  /// clients bring back is known to be a node's own words before anybody is asked about it. Without
  /// a secret the text as it is.
  [[nodiscard]] virtual std::string seal(Purpose purpose, std::string text) const = 0;

  /// What was sealed.
  struct Opened {
    std::string_view text;  ///< a part of what was opened
    bool is_genuine;        ///< false: the seal is missing, forged, or of another cluster
  };
  [[nodiscard]] virtual Opened open(Purpose purpose, std::string_view sealed) const = 0;

 protected:
  ~NodeIdentity() = default;
};

}  // namespace rig::peers

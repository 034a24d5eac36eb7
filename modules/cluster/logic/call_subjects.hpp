#pragma once

#include <rig/peers/node_id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::cluster {

/// The subjects of NATS by which nodes call each other: `rig.1.call.<node>.<service>`, answered at
/// `rig.1.reply.<node>.<number of the call>`.
class CallSubjects {
 public:
  CallSubjects(std::string_view cluster, peers::NodeId node);

  [[nodiscard]] std::string call(peers::NodeId node, std::string_view service) const;
  [[nodiscard]] std::string reply(std::uint64_t number) const;
  /// What this node listens to: calls to it, and answers to its own.
  [[nodiscard]] std::string calls_here() const { return own_calls_ + "*"; }
  [[nodiscard]] std::string replies_here() const { return own_replies_ + "*"; }

  /// Of a call to this node; nothing if the subject is none of one.
  [[nodiscard]] std::optional<std::string_view> service_of(std::string_view subject) const noexcept;
  /// Of a call of this node, by where its answer came.
  [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view subject) const noexcept;
  /// Whether a node waits there for an answer.
  [[nodiscard]] bool is_reply(std::string_view subject) const noexcept;

 private:
  std::string calls_;
  std::string replies_;
  std::string own_calls_;
  std::string own_replies_;
};

}  // namespace rig::cluster

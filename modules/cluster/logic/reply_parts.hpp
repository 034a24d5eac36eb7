#pragma once

#include <rig/peers/call_result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rig::cluster {

/// An answer as messages, each small enough for every server: a mark, and a part of it. Nothing:
/// the call is refused.
[[nodiscard]] std::vector<std::string> parts_of(const std::optional<std::string>& answer,
                                                std::size_t bytes_max);

/// Puts the parts together again, in the order in which they were sent.
class ReplyParts {
 public:
  /// The answer, with its last part. What is no part, or would make the answer longer than
  /// `kAnswerBytesMax`, is an answer too: refused.
  [[nodiscard]] std::optional<peers::CallResult> add(std::string_view part);

  static constexpr std::size_t kAnswerBytesMax = 64U << 20U;

 private:
  std::string text_;
};

}  // namespace rig::cluster

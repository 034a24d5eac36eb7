#pragma once

#include <rig/core/shard_id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rig::nats {

/// Who waits for a reply.
struct ReplyAddress {
  ShardId shard = 0;
  std::uint64_t call = 0;
  bool operator==(const ReplyAddress&) const = default;
};

/// The subjects under which one gateway gets its replies: a random prefix that no other has, then
/// who waits. One subscription serves all requests.
class Inbox {
 public:
  explicit Inbox(std::string_view random) : prefix_("_INBOX.") { prefix_.append(random) += '.'; }

  /// What to subscribe to.
  [[nodiscard]] std::string pattern() const { return prefix_ + ">"; }
  [[nodiscard]] std::string subject_of(ReplyAddress address) const;
  /// Nothing if `subject` is none that `subject_of` made.
  [[nodiscard]] std::optional<ReplyAddress> address_of(std::string_view subject) const noexcept;

 private:
  std::string prefix_;
};

}  // namespace rig::nats

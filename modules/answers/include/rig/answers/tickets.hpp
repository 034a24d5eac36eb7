#pragma once

#include <rig/answers/answer.hpp>
#include <rig/core/deadline.hpp>
#include <rig/core/task.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rig::answers {

/// The right of one request to the first answer that comes for it; gone with the object. On the
/// shard that made it.
class Ticket {
 public:
  virtual ~Ticket() = default;

  /// What the answer is to be sent with: opaque, and safe in URLs and headers.
  [[nodiscard]] virtual const std::string& correlation() const noexcept = 0;
  /// Nothing: it did not come in time. Awaited by the owner, who may cancel it.
  virtual Task<std::optional<Answer>> wait(Deadline deadline) = 0;
};

/// For requests whose answers come another way.
class Tickets {
 public:
  static constexpr std::string_view kPort = "answers.tickets";

  /// Known at once, so that an answer may be quicker than whoever takes the request.
  virtual std::unique_ptr<Ticket> open() = 0;
  /// A correlation that nobody waits for.
  [[nodiscard]] virtual std::string without_ticket() const = 0;

 protected:
  ~Tickets() = default;
};

}  // namespace rig::answers

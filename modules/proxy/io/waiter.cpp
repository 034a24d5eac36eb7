#include "io/waiter.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

namespace rig::proxy {
namespace asio = boost::asio;

using Token = asio::use_awaitable_t<Executor>;

struct Waiter::State : std::enable_shared_from_this<State> {
  using Handler = asio::async_result<Token, void()>::handler_type;

  explicit State(Executor ex) : executor(ex) {}

  void hold(Handler waiting) {
    auto slot = asio::get_associated_cancellation_slot(waiting);
    if (slot.is_connected()) {
      // Later, as every operation of Asio does: whoever cancels may walk over a list of coroutines.
      slot.assign([weak = weak_from_this()](asio::cancellation_type) {
        if (const auto state = weak.lock()) state->wake_soon();
      });
    }
    handler.emplace(std::move(waiting));
  }
  void wake() {
    if (!handler) return;
    Handler waiting = std::move(*handler);
    handler.reset();
    std::move(waiting)();
  }
  void wake_soon() {
    asio::post(executor, [self = shared_from_this()] { self->wake(); });
  }

  Executor executor;
  std::optional<Handler> handler;
};

Waiter::Waiter(Executor executor) : state_(std::make_shared<State>(executor)) {}
Waiter::~Waiter() = default;

Task<> Waiter::wait() {
  return asio::async_initiate<const Token, void()>(
      [state = state_.get()](State::Handler handler) { state->hold(std::move(handler)); },
      kUseTask);
}

void Waiter::wake() noexcept { state_->wake(); }
void Waiter::wake_soon() { state_->wake_soon(); }

}  // namespace rig::proxy

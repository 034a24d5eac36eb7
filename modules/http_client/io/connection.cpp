#include "io/connection.hpp"

#include <utility>

namespace rig::http_client {

Connection::Connection(Executor executor, metrics::Gauge& open_connections)
    : TimerWheel::Timer(
          [](TimerWheel::Timer& timer) noexcept { static_cast<Connection&>(timer).gone(); }),
      socket_(executor),
      open_connections_(open_connections) {}

Connection::~Connection() { close(); }

void Connection::note_open() noexcept {
  is_open_ = true;
  open_connections_.add();
}

void Connection::close() noexcept {
  boost::system::error_code ignored;  // it is closed in any case
  socket_.close(ignored);
  if (std::exchange(is_open_, false)) open_connections_.sub();
}

void Connection::watch(TimerWheel& wheel, std::chrono::milliseconds idle_max,
                       std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  wheel.arm(*this, idle_max);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this(),
                                         watch = ++watch_](const boost::system::error_code&) {
    if (watch == self->watch_) self->gone();
  });
}

void Connection::stop_watching() noexcept {
  ++watch_;
  cancel();
  on_gone_ = nullptr;
  boost::system::error_code ignored;  // the read that follows finds it
  socket_.cancel(ignored);
}

void Connection::gone() noexcept {
  const auto on_gone = std::exchange(on_gone_, nullptr);
  ++watch_;
  cancel();
  if (on_gone) on_gone();
}

}  // namespace rig::http_client

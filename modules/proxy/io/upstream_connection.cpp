#include "io/upstream_connection.hpp"

#include <rig/core/assert.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace rig::proxy {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using State = Step::State;

namespace {

Step step_of(ssize_t result) noexcept {
  if (result > 0) return {State::kDone, static_cast<std::size_t>(result)};
  if (result == 0) return {State::kEnd};
  return {State::kBroken};
}

Step receive(Socket& socket, std::span<char> into) noexcept {
  const auto got = socket.receive(into);
  if (got.bytes > 0) return {State::kDone, got.bytes};
  if (!got.peer_is_gone) return {State::kWantsRead};
  return {got.was_broken ? State::kBroken : State::kEnd};
}

/// A socket that is connecting, or -1.
int begin_connect(const tcp::endpoint& to) noexcept {
  const int fd =
      ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return fd;
  constexpr int kOn = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof kOn);  // slower without it, not wrong
  if (::connect(fd, to.data(), static_cast<socklen_t>(to.size())) == 0) return fd;
  if (errno == EINPROGRESS) return fd;
  const int reason = errno;
  ::close(fd);
  errno = reason;
  return -1;
}

error_code error_of(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return {error, boost::system::system_category()};
}

Step send(int fd, std::span<const std::string_view, 3> pieces) noexcept {
  std::array<iovec, 3> vectors;
  std::ranges::transform(pieces, vectors.begin(), [](std::string_view piece) {
    return iovec{const_cast<char*>(piece.data()), piece.size()};
  });
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  ssize_t sent = 0;
  do {
    sent = pieces[1].empty()
               ? ::send(fd, pieces[0].data(), pieces[0].size(), MSG_NOSIGNAL | MSG_DONTWAIT)
               : ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) return {State::kWantsWrite};
  return step_of(sent);
}

}  // namespace

UpstreamConnection::ReadTimer::ReadTimer(UpstreamConnection& of)
    : Timer([](Timer& timer) noexcept {
        static_cast<ReadTimer&>(timer).connection.read_timed_out();
      }),
      connection(of) {}

UpstreamConnection::CloseTimer::CloseTimer(UpstreamConnection& of)
    : Timer([](Timer& timer) noexcept { static_cast<CloseTimer&>(timer).connection.close(); }),
      connection(of) {}

UpstreamConnection::UpstreamConnection(Executor executor, TimerWheel& wheel,
                                       std::span<char> scratch)
    : socket_(executor), wheel_(wheel), reader_(executor), scratch_(scratch) {}

UpstreamConnection::~UpstreamConnection() = default;

Task<std::optional<DialFailure>> UpstreamConnection::open(Ref<UpstreamConnection> self,
                                                          std::vector<tcp::endpoint> addresses,
                                                          std::string host, TlsContext context,
                                                          milliseconds at_most) {
  self->wheel_.arm(self->close_timer_, at_most);
  const auto error = co_await connect(self, std::move(addresses));
  if (!error && context && !self->is_closed_) {
    self->tls_.emplace(context, self->socket_.native_handle(), host);
    const bool is_done = co_await shake_hands(self);
    if (!is_done && !self->is_closed_) co_return DialFailure{self->tls_->reason()};
  }
  self->close_timer_.cancel();
  if (self->is_closed_) co_return DialFailure{"no connection in time", true};
  if (error) co_return DialFailure{"connection: " + error.message()};
  co_return std::nullopt;
}

Task<error_code> UpstreamConnection::connect(Ref<UpstreamConnection> self,
                                             std::vector<tcp::endpoint> addresses) {
  error_code error = asio::error::host_not_found;
  for (const auto& address : addresses) {
    const int fd = begin_connect(address);
    error = fd < 0 ? error_code(errno, boost::system::system_category()) : self->socket_.assign(fd);
    if (error) continue;
    std::tie(error) = co_await self->socket_.async_wait(Socket::Wait::kWrite, kUseTaskTuple);
    if (self->is_closed_) break;
    if (!error) error = error_of(self->socket_.native_handle());
    if (!error) break;
  }
  co_return error;
}

Task<bool> UpstreamConnection::shake_hands(Ref<UpstreamConnection> self) {
  while (!self->is_closed_) {
    const Step step = self->tls_->shake_hands();
    if (step.state != State::kWantsRead && step.state != State::kWantsWrite)
      co_return step.state == State::kDone;
    using enum Socket::Wait;
    if (step.state == State::kWantsRead) self->socket_.note_drained();
    const auto what = step.state == State::kWantsRead ? kRead : kWrite;
    co_await self->socket_.async_wait(what, kUseTaskTuple);
  }
  co_return false;
}

std::optional<UpstreamConnection::Read> UpstreamConnection::read_now() {
  read_timer_.cancel();
  receive_now();
  if (!bytes_.empty()) return Read::kBytes;
  if (!end_) await_bytes();
  return end_;
}

Task<> UpstreamConnection::wait_to_read(milliseconds at_most) {
  wheel_.arm(read_timer_, at_most);
  return reader_.wait();
}

Task<UpstreamConnection::Read> UpstreamConnection::read(Ref<UpstreamConnection> self,
                                                        milliseconds at_most) {
  auto got = self->read_now();
  if (!got) {
    co_await self->wait_to_read(at_most);
    got = self->read_now();
  }
  co_return got.value_or(Read::kTimeout);
}

void UpstreamConnection::await_bytes() {
  if (std::exchange(is_waiting_, true)) return;
  socket_.async_wait(Socket::Wait::kRead, [self = shared_from_this()](const error_code& error) {
    self->is_waiting_ = false;
    if (error && !self->end_) self->end_ = Read::kBroken;
    self->bytes_came();
  });
}

void UpstreamConnection::bytes_came() noexcept {
  if (!on_gone_) return reader_.wake();
  if (tls_) {  // a session ticket is no reason to go
    receive_now();
    if (bytes_.empty() && !end_) return await_bytes();
  }
  gone();
}

void UpstreamConnection::receive_now() noexcept {
  bytes_ = {};
  if (end_) return;
  if (!tls_ && !socket_.may_be_readable()) return;
  const Step step = tls_          ? tls_->read(scratch_)
                    : is_peeking_ ? peek_now()
                                  : receive(socket_, scratch_);
  switch (step.state) {
    case State::kDone: bytes_ = scratch_.first(step.bytes); return;
    case State::kEnd: end_ = Read::kEnd; return;
    case State::kBroken: end_ = Read::kBroken; return;
    case State::kWantsRead: return socket_.note_drained();
    case State::kWantsWrite: break;
  }
}

Step UpstreamConnection::peek_now() noexcept {
  const auto got =
      ::recv(socket_.native_handle(), scratch_.data(), scratch_.size(), MSG_PEEK | MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {State::kWantsRead};
  return step_of(got);
}

bool UpstreamConnection::begin_peeking() noexcept {
  is_peeking_ = !tls_;
  return is_peeking_;
}

void UpstreamConnection::discard(std::size_t bytes) noexcept {
  if (bytes == 0) return;
  (void)::recv(socket_.native_handle(), nullptr, bytes, MSG_TRUNC | MSG_DONTWAIT);
  if (bytes == bytes_.size() && bytes < scratch_.size()) socket_.note_drained();
}

void UpstreamConnection::read_timed_out() noexcept {
  if (on_gone_) return gone();
  reader_.wake();
}

UpstreamConnection::Written UpstreamConnection::write(std::string_view first,
                                                      std::string_view second,
                                                      std::string_view third) {
  rest_ = {first, second, third};
  for (;;) {
    // The first one is not empty, unless all are.
    while (rest_[0].empty() && (!rest_[1].empty() || !rest_[2].empty()))
      rest_ = {rest_[1], rest_[2], {}};
    if (rest_[0].empty()) return Written::kAll;
    const Step step = send_now();
    if (step.state == State::kWantsWrite || step.state == State::kWantsRead) return Written::kSome;
    if (step.state != State::kDone) return Written::kBroken;
  }
}

Step UpstreamConnection::send_now() noexcept {
  if (is_closed_) return {State::kBroken};
  const Step step = tls_ ? tls_->write(rest_[0]) : send(socket_.native_handle(), rest_);
  if (step.state != State::kDone) return step;
  std::size_t sent = step.bytes;
  for (auto& piece : rest_) {
    const auto part = std::min(sent, piece.size());
    piece.remove_prefix(part);
    sent -= part;
  }
  return step;
}

Task<bool> UpstreamConnection::finish_write(Ref<UpstreamConnection> self,
                                            milliseconds silence_max) {
  for (;;) {
    const Written written = self->write(self->rest_[0], self->rest_[1], self->rest_[2]);
    if (written != Written::kSome) co_return written == Written::kAll;
    self->wheel_.arm(self->close_timer_, silence_max);
    const auto [error] = co_await self->socket_.async_wait(Socket::Wait::kWrite, kUseTaskTuple);
    self->close_timer_.cancel();
    if (error) co_return false;
  }
}

bool UpstreamConnection::is_stale() const noexcept {
  if (is_closed_ || end_) return true;
  if (tls_) return false;  // tickets of the session may have come; a close is seen by the read
  char byte = 0;
  const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || errno != EAGAIN;
}

void UpstreamConnection::close() noexcept {
  if (std::exchange(is_closed_, true)) return;
  close_timer_.cancel();
  socket_.close();
  end_ = Read::kBroken;
  bytes_ = {};
  reader_.wake_soon();
}

bool UpstreamConnection::idle(milliseconds idle_max, std::function<void()> on_gone) {
  is_peeking_ = false;
  receive_now();
  if (end_ || !bytes_.empty()) return false;
  on_gone_ = std::move(on_gone);
  wheel_.arm(read_timer_, idle_max);
  await_bytes();
  return true;
}

void UpstreamConnection::stop_idling() noexcept {
  read_timer_.cancel();
  on_gone_ = nullptr;
}

void UpstreamConnection::gone() noexcept {
  read_timer_.cancel();
  if (const auto on_gone = std::exchange(on_gone_, nullptr)) on_gone();
}

}  // namespace rig::proxy

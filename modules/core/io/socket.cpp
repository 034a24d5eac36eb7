#include <rig/core/assert.hpp>
#include <rig/core/socket.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace rig {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kEvents = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kOver = EPOLLERR | EPOLLHUP;
constexpr std::size_t kEventsPerTurn = 256;

error_code last_error() noexcept { return {errno, boost::system::system_category()}; }

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

class Poller;

/// Lives until the last event that speaks of it has been read.
struct Socket::State : std::enable_shared_from_this<State> {
  State(Poller& of, int descriptor) : poller(of), fd(descriptor) {}

  Poller& poller;
  int fd;
  State* previous = nullptr;  // of those that are watched
  State* next = nullptr;
  bool is_readable = false;  // there may be bytes
  bool has_ended = false;    // the peer sends no more, so a read never has to wait again
  bool is_over = false;
  std::array<std::unique_ptr<Operation>, 3> waiting;
};

/// The epoll instance of an `io_context`, in which it is one descriptor that is read when sockets
/// have changed. It is waited for only while somebody waits for a socket, so that the context runs
/// out of work when all are gone.
class Poller final : public asio::execution_context::service {
 public:
  using key_type = Poller;
  using Wait = Socket::Wait;
  using State = Socket::State;
  using Operation = Socket::Operation;
  static asio::execution_context::id id;

  explicit Poller(asio::execution_context& context)
      : service(context), epoll_(static_cast<asio::io_context&>(context), make_epoll()) {}

  [[nodiscard]] bool add(State& state) noexcept {
    epoll_event event{};
    event.events = kEvents;
    event.data.ptr = &state;
    if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, state.fd, &event) != 0) return false;
    state.next = std::exchange(first_, &state);
    if (state.next != nullptr) state.next->previous = &state;
    return true;
  }

  void remove(std::shared_ptr<State> state) {
    for (const auto what : {Wait::kRead, Wait::kWrite, Wait::kError}) abort(*state, what);
    forget(*state);
    ::close(std::exchange(state->fd, -1));
    if (is_reading_) gone_.push_back(std::move(state));
  }

  void wait(State& state, Wait what, std::unique_ptr<Operation> operation) {
    const bool is_due =
        state.is_over || (what == Wait::kRead && (state.is_readable || state.has_ended));
    if (is_due) return complete_soon(std::move(operation), {});
    operation->allow_cancelling(state.weak_from_this(), what);
    auto& place = state.waiting[static_cast<std::size_t>(what)];
    RIG_ASSERT(!place);
    place = std::move(operation);
    ++waiting_;
    if (!is_reading_) arm();
  }

  void abort(State& state, Wait what) {
    auto operation = take(state, what);
    if (!operation) return;
    complete_soon(std::move(operation), asio::error::operation_aborted);
    if (waiting_ == 0 && !is_reading_) {
      error_code ignored;  // it is closed then
      epoll_.cancel(ignored);
    }
  }

  void complete_soon(std::unique_ptr<Operation> operation, error_code error) {
    if (is_shut_down_) return;
    asio::post(epoll_.get_executor(), [operation = std::move(operation), error]() mutable {
      Operation& of = *operation;
      of.complete(std::move(operation), error);
    });
  }

 private:
  std::unique_ptr<Operation> take(State& state, Wait what) noexcept {
    auto operation = std::move(state.waiting[static_cast<std::size_t>(what)]);
    if (operation) --waiting_;
    return operation;
  }

  /// What waits here is a coroutine, as a rule, and owns its socket: nobody else destroys it.
  void shutdown() noexcept override {
    is_shut_down_ = true;
    while (first_ != nullptr) {
      const auto waiting = std::move(first_->waiting);
      forget(*first_);
    }
    error_code ignored;  // it is given up either way
    epoll_.close(ignored);
  }

  void forget(State& state) noexcept {
    if (state.next != nullptr) state.next->previous = state.previous;
    if (state.previous != nullptr) state.previous->next = state.next;
    if (first_ == &state) first_ = state.next;
    state.previous = state.next = nullptr;
  }

  void arm() {
    if (std::exchange(is_armed_, true)) return;
    epoll_.async_wait(asio::posix::descriptor_base::wait_read, [this](const error_code& error) {
      is_armed_ = false;
      if (!error) read_events();
      if (waiting_ > 0 && epoll_.is_open()) arm();
    });
  }

  /// An edge is told once, so nothing of it may be lost: handlers must not throw.
  void read_events() noexcept {
    is_reading_ = true;
    const int count =
        ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      note(*static_cast<State*>(event.data.ptr), event.events);
    }
    is_reading_ = false;
    gone_.clear();
  }

  void note(State& state, std::uint32_t events) {
    if (state.fd < 0) return;
    const bool is_over = (events & kOver) != 0;
    state.is_over |= is_over;
    state.has_ended |= is_over || (events & EPOLLRDHUP) != 0;
    state.is_readable |= (events & EPOLLIN) != 0 || state.has_ended;
    if (is_over) complete(state, Wait::kError);
    if (is_over || (events & EPOLLOUT) != 0) complete(state, Wait::kWrite);
    if (state.is_readable) complete(state, Wait::kRead);
  }

  void complete(State& state, Wait what) {
    auto operation = take(state, what);
    if (!operation) return;
    Operation& of = *operation;
    of.complete(std::move(operation), {});
  }

  asio::posix::basic_stream_descriptor<Executor> epoll_;
  std::array<epoll_event, kEventsPerTurn> events_;
  std::vector<std::shared_ptr<State>> gone_;  // events may still speak of them
  State* first_ = nullptr;                    // of all
  std::size_t waiting_ = 0;
  bool is_shut_down_ = false;
  bool is_armed_ = false;
  bool is_reading_ = false;
};

asio::execution_context::id Poller::id;

void Socket::prepare(Executor executor) { asio::use_service<Poller>(executor.context()); }

Socket::~Socket() { close(); }

Socket& Socket::operator=(Socket&& other) noexcept {
  close();
  executor_ = other.executor_;
  state_ = std::move(other.state_);
  return *this;
}

error_code Socket::assign(int fd) {
  close();
  auto& poller = asio::use_service<Poller>(executor_.context());
  auto state = std::make_shared<State>(poller, fd);
  if (!poller.add(*state)) {
    const auto error = last_error();
    ::close(fd);
    return error;
  }
  state_ = std::move(state);
  return {};
}

int Socket::native_handle() const noexcept { return state_ ? state_->fd : -1; }

bool Socket::may_be_readable() const noexcept { return state_ && state_->is_readable; }

Socket::Received Socket::receive(std::span<char> into) noexcept {
  if (!state_) return {.peer_is_gone = true, .was_broken = true};
  ssize_t got = 0;
  do {
    got = ::recv(state_->fd, into.data(), into.size(), MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  const bool is_empty = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (is_empty || (got > 0 && static_cast<std::size_t>(got) < into.size())) note_drained();
  if (is_empty) return {};
  if (got <= 0) return {.peer_is_gone = true, .was_broken = got < 0};
  return {.bytes = static_cast<std::size_t>(got)};
}

void Socket::note_drained() noexcept {
  if (state_) state_->is_readable = state_->has_ended;
}

void Socket::shutdown_send() noexcept {
  if (state_) ::shutdown(state_->fd, SHUT_WR);
}

void Socket::cancel() noexcept {
  if (!state_) return;
  for (const auto what : {Wait::kRead, Wait::kWrite, Wait::kError})
    state_->poller.abort(*state_, what);
}

void Socket::close() noexcept {
  if (auto state = std::exchange(state_, nullptr)) {
    Poller& poller = state->poller;
    poller.remove(std::move(state));
  }
}

void Socket::begin_wait(Wait what, std::unique_ptr<Operation> operation) {
  if (state_) return state_->poller.wait(*state_, what, std::move(operation));
  // It was closed meanwhile.
  asio::use_service<Poller>(executor_.context())
      .complete_soon(std::move(operation), asio::error::operation_aborted);
}

void Socket::abort_wait(const std::weak_ptr<State>& state, Wait what) {
  if (const auto alive = state.lock()) alive->poller.abort(*alive, what);
}

}  // namespace rig

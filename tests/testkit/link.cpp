#include "link.hpp"

#include "deadline.hpp"
#include "listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace testkit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kWaitingMax = 1U << 20U;  // bytes that wait for their time, one way
constexpr std::size_t kPieceMax = 64U << 10U;

void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void close_by_reset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd);
}

/// -1 if nobody listens.
int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

/// How the network is now.
struct Conditions {
  bool to_server = true;
  bool to_client = true;
  bool is_refusing = false;
  std::chrono::milliseconds delay{0};
};

/// One way of a connection.
class Stream {
 public:
  Stream(int from, int to) : from_(from), to_(to) {}

  [[nodiscard]] bool wants_to_read() const { return !has_ended_ && bytes_ < kWaitingMax; }
  [[nodiscard]] bool is_over() const { return has_ended_ && waiting_.empty(); }
  /// When the next piece may go; nothing if none waits.
  [[nodiscard]] std::optional<Clock::time_point> next_due() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().due;
  }

  /// False: the connection has broken.
  bool read(Clock::time_point due) {
    std::array<char, kPieceMax> piece;
    const auto got = recv(from_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) {
      has_ended_ = true;
    } else {
      bytes_ += static_cast<std::size_t>(got);
      waiting_.push_back({due, std::string(piece.data(), static_cast<std::size_t>(got))});
    }
    return true;
  }

  bool write(Clock::time_point now) {
    while (!waiting_.empty() && waiting_.front().due <= now) {
      auto& bytes = waiting_.front().bytes;
      const auto sent = send(to_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN || errno == EINTR;
      bytes_ -= static_cast<std::size_t>(sent);
      bytes.erase(0, static_cast<std::size_t>(sent));
      if (bytes.empty()) waiting_.pop_front();
    }
    if (is_over() && !std::exchange(has_told_end_, true)) shutdown(to_, SHUT_WR);
    return true;
  }

 private:
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };

  int from_;
  int to_;
  std::deque<Piece> waiting_;
  std::size_t bytes_ = 0;
  bool has_ended_ = false;
  bool has_told_end_ = false;
};

struct Connection {
  Connection(int of_client, int of_server)
      : client(of_client),
        server(of_server),
        to_server(of_client, of_server),
        to_client(of_server, of_client) {}

  int client;
  int server;
  Stream to_server;
  Stream to_client;
  bool has_broken = false;
};

}  // namespace

/// The thread and all that it owns. Others ask by `perform`, which waits until it was done.
class Link::Forwarder {
 public:
  explicit Forwarder(std::uint16_t server)
      : server_(server),
        listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, SOMAXCONN) != 0)
      throw Failure("a link cannot listen");
    thread_ = std::thread([this] { run(); });
  }
  ~Forwarder() {
    perform([this](Conditions&) { is_over_ = true; });
    thread_.join();
    for (const auto& connection : connections_) drop(connection);
    ::close(listener_);
    ::close(wake_);
  }
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  void perform(const std::function<void(Conditions&)>& task) {
    task_ = &task;
    const auto before = done_.load();
    asked_.store(true);
    const std::uint64_t one = 1;
    (void)!::write(wake_, &one, sizeof one);
    done_.wait(before);
  }

  /// On the thread.
  void reset_all() {
    for (const auto& connection : connections_) drop(connection);
    connections_.clear();
    open_ = 0;
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t open() const { return open_; }

 private:
  static void drop(const Connection& connection) {
    close_by_reset(connection.client);
    close_by_reset(connection.server);
  }

  void run() {
    while (!is_over_) {
      wait();
      if (asked_.exchange(false)) {
        (*task_)(conditions_);
        std::uint64_t count = 0;
        (void)!::read(wake_, &count, sizeof count);
        ++done_;
        done_.notify_all();
      }
      accept_all();
      for (auto& connection : connections_) forward(connection);
      std::erase_if(connections_, [](const Connection& one) {
        const bool is_over = one.to_server.is_over() && one.to_client.is_over();
        if (!one.has_broken && !is_over) return false;
        if (one.has_broken) {
          drop(one);
        } else {
          ::close(one.client);
          ::close(one.server);
        }
        return true;
      });
      open_ = connections_.size();
    }
  }

  /// Until there is something to do: bytes that come, bytes whose time has come, a call.
  void wait() {
    std::vector<pollfd> items{{wake_, POLLIN, 0}};
    if (accepts()) items.push_back({listener_, POLLIN, 0});
    std::optional<Clock::time_point> due;
    for (const auto& one : connections_) {
      watch(items, one.to_server, one.client, one.server, conditions_.to_server, due);
      watch(items, one.to_client, one.server, one.client, conditions_.to_client, due);
    }
    int time = -1;
    if (due) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - Clock::now()).count();
      time = static_cast<int>(std::max<std::int64_t>(left, 0));
    }
    (void)poll(items.data(), items.size(), time);
  }

  static void watch(std::vector<pollfd>& items, const Stream& stream, int from, int to, bool passes,
                    std::optional<Clock::time_point>& due) {
    if (!passes) return;
    if (stream.wants_to_read()) items.push_back({from, POLLIN, 0});
    const auto next = stream.next_due();
    if (!next) return;
    if (*next <= Clock::now()) {
      items.push_back({to, POLLOUT, 0});
    } else {
      due = std::min(due.value_or(*next), *next);
    }
  }

  [[nodiscard]] bool accepts() const { return conditions_.to_server || conditions_.is_refusing; }

  void accept_all() {
    while (accepts()) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const int server = conditions_.is_refusing ? -1 : connect_to(server_);
      if (server < 0) {
        close_by_reset(client);
        continue;
      }
      set_no_delay(client);
      set_no_delay(server);
      connections_.emplace_back(client, server);
    }
  }

  void forward(Connection& connection) {
    const auto now = Clock::now();
    const auto move = [&](Stream& stream, bool passes) {
      if (!passes) return;
      if (stream.wants_to_read() && !stream.read(now + conditions_.delay))
        connection.has_broken = true;
      if (!stream.write(now)) connection.has_broken = true;
    };
    move(connection.to_server, conditions_.to_server);
    move(connection.to_client, conditions_.to_client);
  }

  const std::uint16_t server_;
  const std::uint16_t port_ = quiet_port();
  int listener_;
  int wake_;
  Conditions conditions_;
  std::list<Connection> connections_;
  bool is_over_ = false;
  const std::function<void(Conditions&)>* task_ = nullptr;
  std::atomic<bool> asked_{false};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::size_t> open_{0};
  std::thread thread_;
};

Link::Link(std::uint16_t server)
    : forwarder_(std::make_unique<Forwarder>(server)), port_(forwarder_->port()) {}

Link::~Link() = default;

void Link::cut(Way way) {
  forwarder_->perform([way](Conditions& now) {
    if (way != Way::kToClient) now.to_server = false;
    if (way != Way::kToServer) now.to_client = false;
  });
}

void Link::refuse() {
  forwarder_->perform([this](Conditions& now) {
    now.is_refusing = true;
    forwarder_->reset_all();
  });
}

void Link::reset() {
  forwarder_->perform([this](Conditions&) { forwarder_->reset_all(); });
}

void Link::heal() {
  forwarder_->perform([](Conditions& now) { now = {}; });
}

void Link::delay(std::chrono::milliseconds time) {
  forwarder_->perform([time](Conditions& now) { now.delay = time; });
}

std::size_t Link::connections() const { return forwarder_->open(); }

}  // namespace testkit

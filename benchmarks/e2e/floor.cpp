// rig_floor: the least that a server can do for the work that the benchmarks ask of the gateway;
// the yardstick for its processor time. One thread, level-triggered epoll, an event encoded once
// for each transport, one send() per client and event. It knows two requests:
//   GET  /sub/<type>[/<key>][?last_event_id=ID]
//        opens a stream of chunked server-sent events, framed as the gateway frames them; or a
//        WebSocket if there is a Sec-WebSocket-Key, in which case frames of the client are not read
//   POST /pub/<type>[/<key>]
//        sends the body to all clients of exactly that path
// and reads no more of them than the path, the key and the length. With --log it keeps all events
// for ever, in the form in which they are sent, and sends them from there to clients with an ID.
// Not for anything but benchmarks: it believes its clients.
//
//   rig_floor PORT [--log]

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "floor_wire.hpp"
#include "websocket.hpp"

namespace {

using namespace rig::bench;

constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
constexpr std::string_view kWelcomeType = "rig.subscriptions_set";
constexpr std::string_view kWsWelcome = R"({"data":[],"type":"rig.subscriptions_set"})";
// Of a replay, before it is another client's turn.
constexpr std::size_t kReplayBytesMax = 65536;

enum Wire : std::size_t { kSse, kWs, kWires };

struct Connection;

/// All events of a topic as they are sent.
struct Log {
  std::vector<std::uint64_t> positions;
  std::vector<std::size_t> starts;  // in `bytes`
  std::string bytes;
};

struct Topic {
  std::array<std::vector<Connection*>, kWires> subscribers;
  std::array<Log, kWires> logs;
};

struct Connection {
  int fd = -1;
  Wire wire = kSse;
  std::string request;       // may be incomplete
  std::string unsent;        // what the socket did not take
  Topic* topic = nullptr;    // of a subscriber
  std::size_t index = 0;     // in its topic
  const Log* log = nullptr;  // from which it is served, until it has caught up
  std::size_t read = 0;      // of the log's bytes
};

/// Between `before` and the next character of `ends`; empty if it is not there.
std::string_view part_of(std::string_view text, std::string_view before, std::string_view ends) {
  const std::size_t start = text.find(before);
  if (start == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(start + before.size());
  return text.substr(0, text.find_first_of(ends));
}

class Floor {
 public:
  Floor(std::uint16_t port, bool keeps_log)
      : keeps_log_(keeps_log), epoll_(::epoll_create1(0)), buffer_(65536) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, SOMAXCONN) != 0) {
      std::perror("rig_floor");
      std::exit(2);
    }
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> ready;
    for (;;) {
      const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = ready[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_) {
          accept_all();
          continue;
        }
        // A descriptor that was closed and reused within this batch is only looked at too early.
        Connection* connection = connections_[static_cast<std::size_t>(event.data.fd)].get();
        if (connection != nullptr && (event.events & EPOLLOUT) != 0) {
          flush(*connection);
        }
        if (connection != nullptr && (event.events & ~EPOLLOUT) != 0) {
          receive(*connection);
        }
      }
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all() {
    for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const auto index = static_cast<std::size_t>(fd);
      if (index >= connections_.size()) {
        connections_.resize(index + 1);
      }
      connections_[index] = std::make_unique<Connection>();
      connections_[index]->fd = fd;
      watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void receive(Connection& connection) {
    const ssize_t count = ::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (count < 0 && errno == EAGAIN) {
      return;
    }
    if (count <= 0) {
      close(connection);
      return;
    }
    if (connection.topic != nullptr) {
      return;
    }
    connection.request.append(buffer_.data(), static_cast<std::size_t>(count));
    const std::string_view request = connection.request;
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string_view::npos) {
      return;
    }
    if (request.starts_with("GET ")) {
      subscribe(connection, request);
      connection.request = std::string();
      return;
    }
    const std::size_t length = request.find("Content-Length: ") + 16;
    const std::size_t body = std::strtoull(request.data() + length, nullptr, 10);
    if (request.size() >= head + 4 + body) {
      send(connection, kAccepted);
      publish(std::string(part_of(request, "/pub/", " ")), request.substr(head + 4, body));
      connection.request.clear();
    }
  }

  void subscribe(Connection& connection, std::string_view request) {
    const std::string_view nonce = part_of(request, "Sec-WebSocket-Key: ", "\r");
    connection.wire = nonce.empty() ? kSse : kWs;
    connection.topic = &topics_[std::string(part_of(request, "/sub/", " ?"))];
    auto& subscribers = connection.topic->subscribers[connection.wire];
    connection.index = subscribers.size();
    subscribers.push_back(&connection);
    send(connection,
         connection.wire == kWs
             ? ws_head(nonce) + ws_server_frame(WsOpcode::kText, kWsWelcome)
             : std::string(sse_head()) + sse_chunk(kWelcomeType, "[]", floor_id(position_)));
    if (const auto since = floor_position(part_of(request, "last_event_id=", " &"))) {
      resume(connection, *since);
    }
  }

  void resume(Connection& connection, std::uint64_t since) {
    const Log& log = connection.topic->logs[connection.wire];
    const auto next = std::ranges::upper_bound(log.positions, since);
    if (next != log.positions.end()) {
      connection.log = &log;
      connection.read = log.starts[static_cast<std::size_t>(next - log.positions.begin())];
      watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT);
    }
  }

  void publish(const std::string& path, std::string_view body) {
    ++position_;
    const auto found = topics_.find(path);
    if (found == topics_.end()) {
      return;
    }
    Topic& topic = found->second;
    for (const Wire wire : {kSse, kWs}) {
      const auto& subscribers = topic.subscribers[wire];
      if (subscribers.empty() && !keeps_log_) {
        continue;
      }
      const std::string bytes = wire == kWs
                                    ? ws_server_frame(WsOpcode::kText, body)
                                    : sse_chunk(std::string_view(path).substr(0, path.find('/')),
                                                body, floor_id(position_));
      for (Connection* subscriber : subscribers) {
        if (subscriber->log == nullptr) {
          send(*subscriber, bytes);
        }
      }
      if (keeps_log_) {
        topic.logs[wire].positions.push_back(position_);
        topic.logs[wire].starts.push_back(topic.logs[wire].bytes.size());
        topic.logs[wire].bytes += bytes;
      }
    }
  }

  void send(Connection& connection, std::string_view bytes) {
    if (connection.unsent.empty()) {
      const ssize_t sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
      if (bytes.empty()) {
        return;
      }
      watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN | EPOLLOUT);
    }
    connection.unsent += bytes;
  }

  void flush(Connection& connection) {
    if (connection.log != nullptr && connection.unsent.empty()) {
      replay(connection);
      return;
    }
    const std::string bytes = std::move(connection.unsent);
    connection.unsent.clear();
    if (connection.log == nullptr) {
      watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN);
    }
    send(connection, bytes);
  }

  void replay(Connection& connection) {
    const std::string& bytes = connection.log->bytes;
    const std::size_t wanted = std::min(bytes.size() - connection.read, kReplayBytesMax);
    const ssize_t sent =
        ::send(connection.fd, bytes.data() + connection.read, wanted, MSG_NOSIGNAL);
    connection.read += sent > 0 ? static_cast<std::size_t>(sent) : 0;
    if (connection.read == bytes.size()) {
      connection.log = nullptr;
      watch(EPOLL_CTL_MOD, connection.fd, EPOLLIN);
    }
  }

  void close(Connection& connection) {
    if (connection.topic != nullptr) {
      auto& subscribers = connection.topic->subscribers[connection.wire];
      subscribers.back()->index = connection.index;
      subscribers[connection.index] = subscribers.back();
      subscribers.pop_back();
    }
    ::close(connection.fd);
    connections_[static_cast<std::size_t>(connection.fd)].reset();
  }

  bool keeps_log_;
  std::uint64_t position_ = 0;  // of the last event
  int epoll_;
  int listener_ = -1;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  std::unordered_map<std::string, Topic> topics_;
};

}  // namespace

int main(int argc, char** argv) {
  const int port = argc >= 2 ? std::atoi(argv[1]) : 0;
  const bool keeps_log = argc == 3 && std::string_view(argv[2]) == "--log";
  if (port < 1 || port > 65535 || argc > 3 || (argc == 3 && !keeps_log)) {
    std::fprintf(stderr, "usage: rig_floor PORT [--log]\n");
    return 2;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Floor(static_cast<std::uint16_t>(port), keeps_log).run();
}
